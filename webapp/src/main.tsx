import { createRoot } from "react-dom/client";
import { Session } from "./api/session";
import { App } from "./app/app";
import { takeLinkToken } from "./app/link";
import { guessLanguage, loadLanguage } from "./i18n";
import { startTelegram } from "./telegram";

const linkToken = takeLinkToken();
const telegram = startTelegram();
const session = new Session(
  telegram.initData === null ? { kind: "page" } : { kind: "telegram", initData: telegram.initData },
);
const root = document.getElementById("root");
await loadLanguage(guessLanguage(telegram.languageCode));
if (root) {
  createRoot(root).render(<App session={session} telegram={telegram} linkToken={linkToken} />);
}
