import { exchange } from "./http";
import { Problem, SIGNED_OUT } from "./problem";
import type { Me, Session as SessionBody } from "./schema.gen";

/** Where a plain page keeps its refresh token: for this tab only, never a cookie. */
const KEPT = "refresh";

/** How the person proved who they are; says how to sign in again when the session ends. */
export type Credentials = { kind: "telegram"; initData: string } | { kind: "page" };

/**
 * The signed-in session. The access token lives in memory only. Inside Telegram a lost session
 * is made again from init data, as its web storage does not survive there; a plain page keeps
 * the refresh token for the life of its tab.
 */
export class Session {
  #access: string | null = null;
  #refresh: string | null = null;
  #renewal: Promise<void> | null = null;
  #onEnd: () => void = () => {};
  #onMe: (me: Me) => void = () => {};

  constructor(readonly credentials: Credentials) {
    if (credentials.kind === "page") this.#refresh = sessionStorage.getItem(KEPT);
  }

  get canResume(): boolean {
    return this.credentials.kind === "telegram" || this.#refresh !== null;
  }

  get token(): string | null {
    return this.#access;
  }

  onEnd(listener: () => void): void {
    this.#onEnd = listener;
  }

  onMe(listener: (me: Me) => void): void {
    this.#onMe = listener;
  }

  async signIn(linkToken: string | null): Promise<Me> {
    if (linkToken !== null) return this.#take(await post("/auth/link", { token: linkToken }));
    if (this.credentials.kind === "telegram") return this.#signInByTelegram();
    return this.#signInByRefresh();
  }

  /** Moves the session to another store the person belongs to. */
  async enterTenant(tenantId: string): Promise<Me> {
    return this.#take(await post("/auth/tenant", { tenant_id: tenantId }, this.#access));
  }

  /** A new access token; callers at the same time share one renewal, as refresh tokens rotate. */
  renew(): Promise<void> {
    this.#renewal ??= this.#renewOnce().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #renewOnce(): Promise<void> {
    try {
      this.#onMe(await this.#signInByRefresh().catch((error) => this.#fallBack(error)));
    } catch (error) {
      if (error instanceof Problem && !error.uncertain) this.#end();
      throw error;
    }
  }

  #fallBack(error: unknown): Promise<Me> {
    const refused = error instanceof Problem && !error.uncertain;
    if (refused && this.credentials.kind === "telegram") return this.#signInByTelegram();
    throw error;
  }

  async #signInByRefresh(): Promise<Me> {
    if (this.#refresh === null) throw new Problem(401, SIGNED_OUT, "");
    return this.#take(await post("/auth/refresh", { refresh_token: this.#refresh }));
  }

  async #signInByTelegram(): Promise<Me> {
    if (this.credentials.kind !== "telegram") throw new Problem(401, SIGNED_OUT, "");
    const authorization = `tma ${this.credentials.initData}`;
    const response = await exchange("/auth/telegram", {
      method: "POST",
      headers: { authorization },
    });
    return this.#take(await response.json());
  }

  #take(body: SessionBody): Me {
    this.#access = body.access_token;
    this.#refresh = body.refresh_token;
    if (this.credentials.kind === "page") sessionStorage.setItem(KEPT, body.refresh_token);
    return body.me;
  }

  #end(): void {
    this.#access = null;
    this.#refresh = null;
    if (this.credentials.kind === "page") sessionStorage.removeItem(KEPT);
    this.#onEnd();
  }

  /** Ends the session on the server and forgets it here, even when the server can't be reached. */
  async signOut(): Promise<void> {
    const headers: HeadersInit = this.#access ? { authorization: `Bearer ${this.#access}` } : {};
    await exchange("/auth/session", { method: "DELETE", headers }).catch(() => {});
    this.#end();
  }
}

async function post(path: string, body: unknown, token?: string | null): Promise<SessionBody> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await exchange(path, { method: "POST", headers, body: JSON.stringify(body) });
  return response.json();
}
