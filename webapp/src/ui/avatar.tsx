const SHADES = 7;

/** A person's initials on a colour of their own. */
export function Avatar({ id, name, size = 48 }: { id: string; name: string; size?: 40 | 48 }) {
  return (
    <span aria-hidden="true" className={`ui-avatar ui-avatar-of-${size} ui-avatar-${shade(id)}`}>
      {initials(name)}
    </span>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/).slice(0, 2);
  return (
    words
      .map((word) => [...word][0] ?? "")
      .join("")
      .toUpperCase() || "?"
  );
}

function shade(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return sum % SHADES;
}
