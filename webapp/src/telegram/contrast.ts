// A person's Telegram theme may pair colours nobody can read; what we paint text with is
// moved towards the theme's own text colour until it meets WCAG AA.

type Rgb = [number, number, number];

const AA = 4.5;

export function parse(color: string): Rgb | null {
  const hex = /^#([0-9a-f]{6})$/i.exec(color)?.[1];
  if (!hex) return null;
  return [0, 2, 4].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as Rgb;
}

function luminance(color: Rgb): number {
  const [r, g, b] = color.map((channel) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** From 1 (the same) to 21 (black on white). */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const mix = (from: Rgb, to: Rgb, share: number): Rgb =>
  from.map((channel, i) => Math.round(channel + ((to[i] ?? 0) - channel) * share)) as Rgb;

const hex = (color: Rgb): string =>
  `#${color.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;

/** `color` moved towards `towards` just far enough to be read against each of `against`. */
export function readable(color: string, against: readonly string[], towards: string): string {
  const from = parse(color);
  const to = parse(towards);
  const grounds = against.map(parse).filter((ground): ground is Rgb => ground !== null);
  if (!from || !to) return color;
  for (let share = 0; share < 1; share += 0.04) {
    const candidate = mix(from, to, share);
    if (grounds.every((ground) => contrast(candidate, ground) >= AA)) return hex(candidate);
  }
  return towards;
}

/** `from` with a share of `to` in it, as color-mix() makes it. */
export function blend(from: string, to: string, share: number): string {
  const [a, b] = [parse(from), parse(to)];
  return a && b ? hex(mix(a, b, share)) : from;
}

/** Black or white, whichever reads better on `ground`. */
export function inkOn(ground: string): string {
  const rgb = parse(ground);
  if (!rgb) return "#ffffff";
  return contrast(rgb, [255, 255, 255]) >= AA ? "#ffffff" : "#000000";
}

export function isDark(color: string): boolean {
  const rgb = parse(color);
  return rgb !== null && luminance(rgb) < 0.2;
}
