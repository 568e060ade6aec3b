import { OFFLINE, Problem } from "../api/problem";
import type { Dictionary } from "../i18n";

/** What to tell a person about a failure: the API's own words where it has some. */
export function problemText(t: Dictionary, error: unknown): string {
  if (!(error instanceof Problem)) return t.serverSilent;
  if (error.detail) return error.detail;
  return error.code === OFFLINE ? t.offline : t.serverSilent;
}
