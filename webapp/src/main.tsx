import { createRoot } from "react-dom/client";
import { Session } from "./api/session";
import { App } from "./app/app";
import { routeOf, takeLinkToken } from "./app/link";
import { preload } from "./app/places";
import { guessLanguage, loadLanguage } from "./i18n";
import { startTelegram } from "./telegram";

const linkToken = takeLinkToken();
const telegram = startTelegram();
const session = new Session(
  telegram.initData === null ? { kind: "page" } : { kind: "telegram", initData: telegram.initData },
);
const root = document.getElementById("root");
const language = guessLanguage(telegram.languageCode);
// The page is fetched while the person is being signed in.
preload(routeOf(telegram.startParam) ?? location.pathname.replace(/^\/app/, ""), language);
await loadLanguage(language);
if (root) {
  createRoot(root).render(<App session={session} telegram={telegram} linkToken={linkToken} />);
}
