// What jsdom lacks of a browser.
import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach } from "vitest";

// Two busy cores: a second is too little to wait for what will come.
configure({ asyncUtilTimeout: 8_000, getElementError: (message) => new Error(message ?? "") });

HTMLDialogElement.prototype.showModal = function showModal() {
  this.open = true;
};
HTMLDialogElement.prototype.close = function close() {
  this.open = false;
  this.dispatchEvent(new Event("close"));
};
URL.createObjectURL = () => "blob:bytes";
URL.revokeObjectURL = () => {};
globalThis.matchMedia ??= (media: string) =>
  ({
    matches: media.includes("fine"),
    media,
    addEventListener: () => {},
    removeEventListener: () => {},
  }) as unknown as MediaQueryList;

afterEach(() => {
  cleanup();
  sessionStorage.clear();
  history.replaceState(null, "", "/app/");
});

// What React and the query cache have put off to the next turns still needs a window.
afterAll(async () => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((next) => setTimeout(next, 0));
});
