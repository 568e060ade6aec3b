import {
  backButton,
  closingBehavior,
  hapticFeedback,
  init,
  initData,
  mainButton,
  miniApp,
  retrieveLaunchParams,
  retrieveRawInitData,
  setTargetOrigin,
  settingsButton,
  themeParams,
  viewport,
} from "@tma.js/sdk-react";
import { followSystemTheme, followTelegramTheme } from "./theme";

export type Telegram = {
  /** Raw init data, the proof for sign-in; null on a plain page. */
  initData: string | null;
  /** What the link that opened the app carried, such as `conv_<id>`. */
  startParam: string | null;
  languageCode: string | undefined;
  ios: boolean;
};

let inside = false;

/** Whether Telegram shows the page, so that its own buttons can be used. */
export const insideTelegram = (): boolean => inside;

/** Joins the client that shows us, if one does, and paints the page accordingly. */
export function startTelegram(): Telegram {
  const raw = rawInitData();
  if (raw === null) {
    followSystemTheme();
    return { initData: null, startParam: null, languageCode: undefined, ios: false };
  }
  inside = true;
  trustParent();
  // Styles from the client would need an inline <style>, which the security policy forbids.
  quietly(() => init({ acceptCustomStyles: false }));
  quietly(() => initData.restore());
  quietly(() => themeParams.mount());
  quietly(() => themeParams.bindCssVars());
  followTelegramTheme();
  quietly(() => miniApp.mount());
  quietly(() => miniApp.setBgColor("secondary_bg_color"));
  quietly(() => miniApp.setHeaderColor("secondary_bg_color"));
  quietly(() => backButton.mount());
  quietly(() => mainButton.mount());
  quietly(() => settingsButton.mount());
  quietly(() => closingBehavior.mount());
  void bindViewport();
  quietly(() => miniApp.ready());
  const launch = retrieveLaunchParams();
  return {
    initData: raw,
    startParam: initData.startParam() ?? launch.tgWebAppStartParam ?? null,
    languageCode: initData.user()?.language_code,
    ios: launch.tgWebAppPlatform === "ios" || launch.tgWebAppPlatform === "macos",
  };
}

function rawInitData(): string | null {
  try {
    return retrieveRawInitData() || null;
  } catch {
    return null;
  }
}

// Web clients frame us. The SDK speaks to web.telegram.org unless told otherwise; another
// client's frame is told by the referrer. Nothing secret is ever posted there.
function trustParent(): void {
  if (window.parent === window) return;
  const ancestor = window.location.ancestorOrigins?.[0] ?? originOf(document.referrer);
  setTargetOrigin(ancestor ?? "*");
}

function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}

async function bindViewport(): Promise<void> {
  try {
    await viewport.mount();
    viewport.bindCssVars();
    viewport.expand();
  } catch {
    // An old client without the viewport's methods: env() insets are enough.
  }
}

/** Old clients lack methods; the app must do without rather than stop. */
function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // Not supported here.
  }
}

/** A short tremor where the phone has one: the outcome of what was pressed. */
export function haptic(kind: "success" | "warning" | "error" | "tap"): void {
  if (!inside) return;
  quietly(() => {
    if (kind === "tap") hapticFeedback.impactOccurred("light");
    else hapticFeedback.notificationOccurred(kind);
  });
}

export function showBackButton(onClick: () => void): () => void {
  if (!inside) return () => {};
  quietly(() => backButton.show());
  let off: () => void = () => {};
  quietly(() => {
    off = backButton.onClick(onClick);
  });
  return () => {
    off();
    quietly(() => backButton.hide());
  };
}

export function showSettingsButton(onClick: () => void): () => void {
  if (!inside) return () => {};
  let off: () => void = () => {};
  quietly(() => settingsButton.show());
  quietly(() => {
    off = settingsButton.onClick(onClick);
  });
  return () => off();
}

type MainButtonLook = { text: string; busy: boolean };

// Telegram has one such button, a page may have several forms: the last to ask names it, a press
// answers all of them, and it is gone when the last has gone.
const asks = new Set<MainButtonLook>();

export function showMainButton(look: MainButtonLook, onClick: () => void): () => void {
  if (!inside) return () => {};
  const ask = { ...look };
  asks.add(ask);
  drawMainButton();
  let off: () => void = () => {};
  quietly(() => {
    off = mainButton.onClick(onClick);
  });
  return () => {
    off();
    asks.delete(ask);
    drawMainButton();
  };
}

function drawMainButton(): void {
  const all = [...asks];
  const last = all.at(-1);
  const busy = all.some((ask) => ask.busy);
  quietly(() =>
    mainButton.setParams({
      ...(last && { text: last.text }),
      isVisible: last !== undefined,
      isEnabled: !busy,
      isLoaderVisible: busy,
    }),
  );
}

/** Asks before the app is closed while something is unsaved. */
export function confirmClosing(needed: boolean): void {
  if (!inside) return;
  quietly(() =>
    needed ? closingBehavior.enableConfirmation() : closingBehavior.disableConfirmation(),
  );
}
