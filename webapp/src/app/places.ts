import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import type { Permission } from "../api/types";
import type { Dictionary, Language } from "../i18n";
import { loadWords, type Part } from "../i18n/words";
import type { IconName } from "../ui/icon";

/** `rest`: what follows the place in the address, without its slash. */
export type PlaceProps = { rest: string };

export type Place = {
  to: string;
  icon: IconName;
  label: (t: Dictionary) => string;
  /** Under its sign in the bar, where there is little room. */
  short?: (t: Dictionary) => string;
  /** Shown to whoever has one of these; nothing here: to everyone. */
  needs: readonly Permission[];
  words: readonly Part[];
  load: () => Promise<{ default: ComponentType<PlaceProps> }>;
  Page: LazyExoticComponent<ComponentType<PlaceProps>>;
};

const place = (about: Omit<Place, "Page">): Place => ({ ...about, Page: lazy(about.load) });

export const HOME = "/";
export const SETTINGS = "/settings";

/** In the order people need them: on a phone the last ones fold when there are many. */
export const PLACES: readonly Place[] = [
  place({
    to: HOME,
    icon: "chats",
    label: (t) => t.placeConversations,
    short: (t) => t.tabConversations,
    needs: [],
    words: ["codes", "conversations"],
    load: () => import("../pages/conversations/page"),
  }),
  place({
    to: "/knowledge",
    icon: "book",
    label: (t) => t.placeKnowledge,
    needs: ["MANAGE_KNOWLEDGE_BASE", "MANAGE_PRODUCTS"],
    words: ["knowledge"],
    load: () => import("../pages/knowledge/page"),
  }),
  place({
    to: "/autonomy",
    icon: "bolt",
    label: (t) => t.placeAutonomy,
    needs: ["MANAGE_AUTOSEND", "MANAGE_CONVERSATIONS"],
    words: ["codes", "autonomy"],
    load: () => import("../pages/autonomy/page"),
  }),
  place({
    to: "/delivery",
    icon: "outbox",
    label: (t) => t.placeDelivery,
    needs: ["MANAGE_CHANNELS"],
    words: ["codes", "delivery"],
    load: () => import("../pages/delivery/page"),
  }),
  place({
    to: SETTINGS,
    icon: "settings",
    label: (t) => t.placeSettings,
    needs: [],
    words: ["settings"],
    load: () => import("../pages/settings/page"),
  }),
];

const begins = (path: string, to: string): boolean => path === to || path.startsWith(`${to}/`);

/** The place an address is in; what no place knows is home. */
export function placeOf(path: string): { place: Place; rest: string } {
  const found = PLACES.find((each) => each.to !== HOME && begins(path, each.to));
  if (found) return { place: found, rest: path.slice(found.to.length + 1) };
  return { place: PLACES[0] as Place, rest: path.replace(/^\/(conversations\/?)?/, "") };
}

/** Where Back leads: from a thing to its list, from a part of a place home. */
export function parentOf(path: string): string | null {
  const { place: here, rest } = placeOf(path);
  if (here.to === HOME && !rest) return null;
  const above = rest.split("/").slice(0, -1).join("/");
  return above ? `${here.to}/${above}` : HOME;
}

/** Fetches a place before anyone stands in it. Failures show when it is opened. */
export function preload(path: string, language: Language): void {
  const { place: wanted } = placeOf(path);
  void wanted.load().catch(() => {});
  preloadWords(wanted, language);
}

export function preloadWords(wanted: Place, language: Language): void {
  for (const part of wanted.words) void loadWords(language, part).catch(() => {});
}
