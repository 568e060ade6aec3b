import { exchange } from "./http";
import { Problem } from "./problem";
import type { Operations } from "./schema.gen";
import type { Session } from "./session";
import { uploadFile } from "./upload";

type Key = keyof Operations;
type Argument<Name extends string, T> = T extends undefined
  ? { [K in Name]?: undefined }
  : undefined extends T
    ? { [K in Name]?: T }
    : { [K in Name]: T };
type QueryArgument<T> = { query?: T };
type IdArgument<K extends Key> = K extends `${string}{id}${string}`
  ? { id: string }
  : { id?: undefined };

export type Arguments<K extends Key> = IdArgument<K> &
  QueryArgument<Operations[K]["query"]> &
  Argument<"body", Operations[K]["body"]> & { signal?: AbortSignal };

export type Answer<K extends Key> = Operations[K]["answer"];

/** Speaks to the API as the person of a session; every operation is typed by the document. */
export class Client {
  constructor(readonly session: Session) {}

  async call<K extends Key>(operation: K, args: Arguments<K>): Promise<Answer<K>> {
    const [method, template] = operation.split(" ") as [string, string];
    const path = template.replace("{id}", encodeURIComponent(args.id ?? ""));
    const init: RequestInit = { method, signal: args.signal ?? null };
    const headers: Record<string, string> = {};
    if (args.body !== undefined) {
      headers["content-type"] = "application/json";
      init.body = JSON.stringify(args.body);
    }
    const response = await this.#authorised(path + queryText(args.query), init, headers);
    if (response.status === 204) return undefined as Answer<K>;
    return response.json();
  }

  /** The bytes of a file: a plain `src` or link could not carry the bearer. */
  async bytes(path: string, signal?: AbortSignal): Promise<Blob> {
    const response = await this.#authorised(path, { signal: signal ?? null }, {});
    return response.blob();
  }

  attachment(id: string, signal?: AbortSignal): Promise<Blob> {
    return this.bytes(`/attachments/${encodeURIComponent(id)}`, signal);
  }

  /** Sends a file to an operation that takes one. */
  upload<K extends Key>(
    operation: K,
    args: {
      query?: Operations[K]["query"];
      file: File;
      onProgress: (share: number) => void;
      signal: AbortSignal;
    },
  ): Promise<Answer<K>> {
    const path = (operation.split(" ")[1] ?? "") + queryText(args.query as object | undefined);
    const send = (token: string) => uploadFile(path, args.file, { ...args, token });
    return this.#renewing(send) as Promise<Answer<K>>;
  }

  async #authorised(
    path: string,
    init: RequestInit,
    headers: Record<string, string>,
  ): Promise<Response> {
    return this.#renewing((token) =>
      exchange(path, { ...init, headers: { ...headers, authorization: `Bearer ${token}` } }),
    );
  }

  async #renewing<T>(send: (token: string) => Promise<T>): Promise<T> {
    const used = this.session.token;
    try {
      return await send(used ?? "");
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      // Another call may have renewed the session while this one was under way.
      if (this.session.token === used) await this.session.renew();
      return send(this.session.token ?? "");
    }
  }
}

function queryText(query: object | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    const absent = value === undefined || value === null || value === "";
    if (!absent) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text && `?${text}`;
}
