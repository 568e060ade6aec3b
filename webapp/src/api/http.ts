import { OFFLINE, Problem, problemOf } from "./problem";

let origin = "";
let clockOffset = 0;

/** Where the API lives when it isn't this page's own origin (tests). */
export function setOrigin(value: string): void {
  origin = value;
}

export const urlOf = (path: string): string => `${origin}/api/v1${path}`;

/** The address of the live socket; browsers want an absolute one. */
export function liveUrl(): string {
  const url = new URL(urlOf("/live"), globalThis.location?.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** This moment by the server's clock, in ms: a phone's own clock may be minutes off. */
export const serverNow = (): number => Date.now() + clockOffset;

/** One HTTP exchange. Throws Problem for any status but 2xx and when no answer comes. */
export async function exchange(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(urlOf(path), { ...init, credentials: "omit", cache: "no-store" });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Problem(0, OFFLINE, "");
  }
  noteClock(response.headers.get("date"));
  if (!response.ok) throw await problemOf(response);
  return response;
}

// The header has whole seconds, so a smaller difference says nothing.
function noteClock(date: string | null): void {
  const offset = date ? Date.parse(date) - Date.now() : 0;
  clockOffset = Math.abs(offset) > 2_000 ? offset : 0;
}
