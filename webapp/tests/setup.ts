// What jsdom lacks of a browser.
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

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
