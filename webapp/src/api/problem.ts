import type { FieldProblem, Problem as ProblemBody } from "./schema.gen";

/**
 * A refusal by the API (RFC 9457) or by the way to it. `detail` is written for people and is
 * in their language when the API wrote it; `code` is stable. `status` 0 means no answer came.
 */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: readonly FieldProblem[] = [],
    readonly params: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail || code);
  }

  /** Whether the server may have acted although we have no answer. */
  get uncertain(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

export const OFFLINE = "client.offline";
export const UNREADABLE = "client.unreadable";
export const SIGNED_OUT = "client.signed_out";

/** The problem an unsuccessful answer carries; a body that is no problem+json keeps its status. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  if (!isProblemBody(body)) return new Problem(response.status, UNREADABLE, "");
  return new Problem(response.status, body.code, body.detail, fieldsOf(body), body.params ?? {});
}

function fieldsOf(body: ProblemBody): FieldProblem[] {
  if (body.fields?.length) return body.fields;
  return body.field ? [{ field: body.field, code: body.code, detail: body.detail }] : [];
}

function isProblemBody(body: unknown): body is ProblemBody {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    typeof body.code === "string" &&
    "detail" in body &&
    typeof body.detail === "string"
  );
}
