import type { Language } from "../i18n";
import type { Option } from "../ui/field";

const CURRENCIES = [
  "RUB",
  "USD",
  "EUR",
  "KZT",
  "BYN",
  "UAH",
  "UZS",
  "KGS",
  "AMD",
  "GEL",
  "TRY",
  "CNY",
  "AED",
];

// Where our stores are first; the rest of the world after.
const NEAR_ZONES = [
  "Europe/Kaliningrad",
  "Europe/Moscow",
  "Europe/Samara",
  "Asia/Yekaterinburg",
  "Asia/Omsk",
  "Asia/Novosibirsk",
  "Asia/Krasnoyarsk",
  "Asia/Irkutsk",
  "Asia/Yakutsk",
  "Asia/Vladivostok",
  "Asia/Magadan",
  "Asia/Kamchatka",
  "Europe/Minsk",
  "Asia/Almaty",
  "Asia/Tashkent",
  "Asia/Yerevan",
  "Asia/Tbilisi",
];

/** A list with the saved value in it, even one we have not thought of. */
export function withOwn(options: Option<string>[], own: string): Option<string>[] {
  return options.some((option) => option.value === own)
    ? options
    : [{ value: own, label: own }, ...options];
}

export function currencies(language: Language): Option<string>[] {
  const names = new Intl.DisplayNames([language], { type: "currency" });
  return CURRENCIES.map((value) => ({ value, label: `${value} · ${names.of(value) ?? value}` }));
}

export function timeZones(language: Language, at = new Date()): Option<string>[] {
  const all = Intl.supportedValuesOf?.("timeZone") ?? [];
  const rest = all.filter((zone) => !NEAR_ZONES.includes(zone));
  return [...NEAR_ZONES, ...rest].map((zone) => ({
    value: zone,
    label: `${offsetOf(zone, language, at)} ${zone.replaceAll("_", " ").replace("/", " / ")}`,
  }));
}

function offsetOf(timeZone: string, language: Language, at: Date): string {
  const parts = new Intl.DateTimeFormat(language, { timeZone, timeZoneName: "shortOffset" });
  const name = parts.formatToParts(at).find((part) => part.type === "timeZoneName")?.value;
  return (name ?? "").replace("GMT", "UTC");
}
