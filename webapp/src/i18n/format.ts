import type { Dictionary } from ".";

export type Language = "ru" | "en";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Figures and moments in the reader's manner and zone. */
export class Format {
  readonly #time: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #dayOfYear: Intl.DateTimeFormat;
  readonly #count: Intl.NumberFormat;
  readonly #percent: Intl.NumberFormat;

  /** `timeZone` undefined: the zone of the device. */
  constructor(
    readonly language: Language,
    readonly words: Dictionary,
    readonly timeZone?: string,
  ) {
    const locale = language === "ru" ? "ru-RU" : "en-GB";
    this.#time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone });
    this.#day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", timeZone });
    this.#dayOfYear = new Intl.DateTimeFormat(locale, {
      day: "numeric",
      month: "long",
      year: "numeric",
      timeZone,
    });
    this.#count = new Intl.NumberFormat(locale);
    this.#percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  }

  count(n: number): string {
    return n > 999 ? "999+" : this.#count.format(n);
  }

  /** A number in full: `12 480`. */
  whole(n: number): string {
    return this.#count.format(n);
  }

  /** A share from 0 to 1. */
  percent(share: number): string {
    return this.#percent.format(share);
  }

  /** A small share with a tenth: `2,1 %`. */
  share(share: number): string {
    const locale = this.language === "ru" ? "ru-RU" : "en-GB";
    const style = { style: "percent", maximumFractionDigits: 1 } as const;
    return new Intl.NumberFormat(locale, style).format(share);
  }

  /** A number with at most one digit after the comma; none from ten on. */
  tenths(n: number): string {
    const locale = this.language === "ru" ? "ru-RU" : "en-GB";
    return new Intl.NumberFormat(locale, { maximumFractionDigits: n < 10 ? 1 : 0 }).format(n);
  }

  /** `45 000 ₽`: no kopecks unless there are some, and never a line break inside. */
  money(amount: string | number, currency: string): string {
    const value = Number(amount);
    if (!Number.isFinite(value)) return String(amount);
    const digits = Number.isInteger(value) ? 0 : 2;
    try {
      return new Intl.NumberFormat(this.language === "ru" ? "ru-RU" : "en-GB", {
        style: "currency",
        currency,
        currencyDisplay: "narrowSymbol",
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }).format(value);
    } catch {
      return `${this.#count.format(value)}\u00a0${currency}`;
    }
  }

  /** `84 000–96 000 ₽`. */
  moneyRange(from: string, to: string, currency: string): string {
    const [least, most] = [Number(from), Number(to)];
    const locale = this.language === "ru" ? "ru-RU" : "en-GB";
    try {
      return new Intl.NumberFormat(locale, {
        style: "currency",
        currency,
        currencyDisplay: "narrowSymbol",
        maximumFractionDigits: 0,
      }).formatRange(least, most);
    } catch {
      return `${this.money(from, currency)} – ${this.money(to, currency)}`;
    }
  }

  bytes(size: number): string {
    const locale = this.language === "ru" ? "ru-RU" : "en-GB";
    const [value, unit] =
      size < 1024 * 1024 ? [size / 1024, "kilobyte"] : [size / 1024 ** 2, "megabyte"];
    return new Intl.NumberFormat(locale, {
      style: "unit",
      unit,
      unitDisplay: "short",
      maximumFractionDigits: value < 10 ? 1 : 0,
    }).format(value);
  }

  clock(at: Date): string {
    return this.#time.format(at);
  }

  date(at: Date): string {
    return this.#dayOfYear.format(at).replace(/ г\.$/, "");
  }

  /** The heading over a day's messages. */
  dayHeading(at: Date, now: Date): string {
    const age = this.#daysBetween(at, now);
    if (age === 0) return this.words.today;
    if (age === 1) return this.words.yesterday;
    return at.getFullYear() === now.getFullYear() ? this.#day.format(at) : this.date(at);
  }

  /** How long ago up to an hour, then the time, then the day. */
  ago(at: Date, now: Date): string {
    const age = now.getTime() - at.getTime();
    if (age < MINUTE) return this.words.justNow;
    if (age < HOUR) return this.words.minutesAgo(Math.floor(age / MINUTE));
    return this.#moment(at, now);
  }

  /** The same in a list's corner: shorter. */
  stamp(at: Date, now: Date): string {
    const age = now.getTime() - at.getTime();
    if (age < MINUTE) return this.words.justNow;
    if (age < HOUR) return this.words.minutesShort(Math.floor(age / MINUTE));
    const days = this.#daysBetween(at, now);
    if (days === 0) return this.clock(at);
    if (days === 1) return this.words.yesterday.toLowerCase();
    return at.getFullYear() === now.getFullYear() ? this.#day.format(at) : this.date(at);
  }

  /** «ждёт 5 мин» up to an hour, «ждёт с 12:03» after. */
  waiting(since: Date, now: Date): string {
    const age = now.getTime() - since.getTime();
    if (age < HOUR)
      return this.words.waits(this.words.minutesShort(Math.max(1, Math.floor(age / MINUTE))));
    return this.words.waitsSince(this.#moment(since, now));
  }

  /** Whether two moments fall on one day of the reader's zone. */
  sameDay(a: Date, b: Date): boolean {
    return this.#daysBetween(a, b) === 0;
  }

  #moment(at: Date, now: Date): string {
    const days = this.#daysBetween(at, now);
    if (days === 0) return this.clock(at);
    return `${this.dayHeading(at, now).toLowerCase()}, ${this.clock(at)}`;
  }

  #daysBetween(a: Date, b: Date): number {
    return Math.round((this.#dayNumber(b) - this.#dayNumber(a)) / (24 * HOUR));
  }

  #dayNumber(at: Date): number {
    const parts = new Intl.DateTimeFormat("en-CA", {
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      timeZone: this.timeZone,
    }).format(at);
    return Date.parse(`${parts}T00:00:00Z`);
  }
}
