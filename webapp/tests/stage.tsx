import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type Stub, startStub } from "../dev/stub-api.mjs";
import { setOrigin } from "../src/api/http";
import { Session } from "../src/api/session";
import { App } from "../src/app/app";
import { takeLinkToken } from "../src/app/link";
import { loadLanguage } from "../src/i18n";
import type { Telegram } from "../src/telegram";

const PLAIN: Telegram = { initData: null, startParam: null, languageCode: "ru", ios: false };

export async function openStub(options?: Parameters<typeof startStub>[0]): Promise<Stub> {
  const stub = await startStub(options);
  setOrigin(stub.origin);
  return stub;
}

/** Closes the page before its server, so that nothing is left asking. */
export async function closeStub(stub: Stub): Promise<void> {
  cleanup();
  await stub.close();
}

/** Opens the app at an address, as a browser does. */
export function openPage(address: string) {
  history.replaceState(null, "", address);
  const linkToken = takeLinkToken();
  const session = new Session({ kind: "page" });
  const page = render(<App session={session} telegram={PLAIN} linkToken={linkToken} />);
  return { session, user: userEvent.setup({ delay: null }), ...page };
}

/** Opens the app as Telegram does. */
export function openInTelegram(telegram: Partial<Telegram>) {
  const all = { ...PLAIN, initData: "user=%7B%7D&hash=x", ...telegram };
  const session = new Session({ kind: "telegram", initData: all.initData ?? "" });
  const page = render(<App session={session} telegram={all} linkToken={null} />);
  return { session, user: userEvent.setup({ delay: null }), ...page };
}

export async function openConversation(name: string, who = "anna") {
  await loadLanguage("en");
  const page = openPage(`/app/#login=${who}`);
  await page.user.click(await screen.findByRole("link", { name: new RegExp(name) }));
  return page;
}

export const sent = (stub: Stub, method: string, path: RegExp) =>
  stub.requests.filter((each) => each.method === method && path.test(each.path));
