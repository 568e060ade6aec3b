import { themeParams } from "@tma.js/sdk-react";
import { blend, contrast, inkOn, isDark, parse, readable } from "./contrast";

export type Appearance = "light" | "dark";

const LIGHT = {
  bg: "#ffffff",
  secondary: "#eef1f5",
  text: "#10151c",
  hint: "#5d6874",
  link: "#17619f",
  button: "#1a66ad",
  buttonText: "#ffffff",
  destructive: "#c22f2b",
};
const DARK: typeof LIGHT = {
  bg: "#1a222c",
  secondary: "#10161d",
  text: "#f2f5f8",
  hint: "#9aa8b6",
  link: "#74b6f2",
  button: "#2a73b8",
  buttonText: "#ffffff",
  destructive: "#ff8a84",
};

type Palette = typeof LIGHT;
let listeners: ((appearance: Appearance) => void)[] = [];
let current: Appearance = "light";

export const appearance = (): Appearance => current;

export function onAppearance(listener: (appearance: Appearance) => void): () => void {
  listeners.push(listener);
  return () => {
    listeners = listeners.filter((each) => each !== listener);
  };
}

/** Paints the page by Telegram's theme, now and whenever the person changes it. */
export function followTelegramTheme(): void {
  const repaint = () => paint(telegramPalette());
  repaint();
  themeParams.state.sub(repaint);
}

/** Paints the plain page by the system's preference. */
export function followSystemTheme(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const repaint = () => paint(dark.matches ? DARK : LIGHT);
  repaint();
  dark.addEventListener("change", repaint);
}

function telegramPalette(): Palette {
  // The state itself: its derived signals may still be old while its subscribers are told.
  const theme = themeParams.state();
  const bg = theme.bg_color ?? LIGHT.bg;
  const base = isDark(bg) ? DARK : LIGHT;
  const button = theme.button_color ?? base.button;
  return {
    bg: theme.section_bg_color ?? bg,
    secondary: theme.secondary_bg_color ?? base.secondary,
    text: theme.text_color ?? base.text,
    hint: theme.hint_color ?? base.hint,
    link: theme.link_color ?? base.link,
    button,
    buttonText: theme.button_text_color ?? inkOn(button),
    destructive: theme.destructive_text_color ?? base.destructive,
  };
}

function paint(palette: Palette): void {
  const dark = isDark(palette.bg);
  // Text also stands on the tint of chosen rows and on pressed parts (theme.css).
  const grounds = [
    palette.bg,
    palette.secondary,
    blend(palette.bg, palette.button, dark ? 0.3 : 0.13),
    blend(palette.secondary, palette.text, 0.07),
  ];
  const root = document.documentElement;
  const set = (name: string, value: string) => root.style.setProperty(name, value);
  set("--ui-bg", palette.bg);
  set("--ui-ground", palette.secondary);
  set("--ui-text", palette.text);
  set("--ui-hint", readable(palette.hint, grounds, palette.text));
  set("--ui-accent", readable(palette.link, grounds, palette.text));
  set("--ui-danger", readable(palette.destructive, grounds, palette.text));
  const [button, ink] = buttonPair(palette.button, palette.buttonText);
  set("--ui-button", button);
  set("--ui-button-text", ink);
  current = dark ? "dark" : "light";
  root.dataset.appearance = current;
  root.style.colorScheme = current;
  for (const listener of listeners) listener(current);
}

// Telegram's own blue carries white at 2.7:1; it is darkened as little as reads.
function buttonPair(ground: string, ink: string): [string, string] {
  const [g, i] = [parse(ground), parse(ink)];
  if (!g || !i || contrast(g, i) >= 4.5) return [ground, ink];
  return [readable(ground, [ink], isDark(ink) ? "#ffffff" : "#000000"), ink];
}
