/**
 * The one-time sign-in token of `/app/#login=<token>`, taken out of the address at once so that
 * it stays neither on the screen nor in the history.
 */
export function takeLinkToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get("login");
  if (token !== null) history.replaceState(null, "", location.pathname + location.search);
  return token || null;
}

/** Where a deep link leads: `conv_<id>` opens that conversation. */
export function routeOf(startParam: string | null): string | null {
  const id = /^conv_([A-Za-z0-9-]{1,64})$/.exec(startParam ?? "")?.[1];
  return id ? `/conversations/${id}` : null;
}
