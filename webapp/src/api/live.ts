import { liveUrl } from "./http";
import type { Session } from "./session";

export type LiveEvent =
  | { type: "conversation.changed"; conversation_id: string }
  | { type: "settings.changed" }
  | { type: "flags.changed" }
  | { type: "knowledge.changed" }
  | { type: "catalog.changed" }
  | { type: "knowledge.indexed" }
  | { type: "import.changed"; import_id: string }
  | { type: "autosend.changed" }
  | { type: "replay.changed"; subject: string };

export type LiveState = "connecting" | "open" | "waiting";

const PING_EVERY = 25_000;
const SILENCE_LIMIT = 35_000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
const TOO_OFTEN = 4429;
/** As many failures as bring the wait to its longest. */
const PATIENT = Math.ceil(Math.log2(LONGEST_WAIT / FIRST_WAIT));

type Listeners = {
  /** What was read before this moment may be old: nobody told of changes then. */
  onReady: () => void;
  onEvent: (event: LiveEvent) => void;
  onState: (state: LiveState) => void;
};

/** Keeps one socket to the API alive, waiting longer after each failure, with jitter. */
export class Live {
  #socket: WebSocket | null = null;
  #failures = 0;
  #seen = 0;
  #expired = false;
  #stopped = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #pulse: ReturnType<typeof setInterval> | undefined;

  constructor(
    readonly session: Session,
    readonly listeners: Listeners,
  ) {}

  start(): void {
    this.#stopped = false;
    addEventListener("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#hurry);
    void this.#open();
  }

  stop(): void {
    this.#stopped = true;
    removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#hurry);
    clearTimeout(this.#retry);
    this.#drop();
  }

  // Someone looks at the page again or the network is back: no reason to sit out the wait.
  #hurry = (): void => {
    if (document.visibilityState === "hidden") return;
    if (this.#socket) {
      this.#ping();
      return;
    }
    this.#failures = 0;
    clearTimeout(this.#retry);
    void this.#open();
  };

  async #open(): Promise<void> {
    if (this.#stopped || this.#socket) return;
    this.listeners.onState("connecting");
    if (this.#expired && !(await this.#renewed())) return;
    if (this.#stopped || this.#socket) return;
    const socket = new WebSocket(liveUrl());
    this.#socket = socket;
    socket.onopen = () => {
      socket.send(JSON.stringify({ type: "auth", token: this.session.token }));
    };
    socket.onmessage = (message) => this.#receive(socket, String(message.data));
    socket.onclose = (close) => this.#closed(socket, close.code);
    this.#seen = Date.now();
    clearInterval(this.#pulse);
    this.#pulse = setInterval(() => this.#ping(), PING_EVERY);
  }

  async #renewed(): Promise<boolean> {
    try {
      await this.session.renew();
      this.#expired = false;
      return true;
    } catch {
      this.#wait();
      return false;
    }
  }

  #receive(socket: WebSocket, text: string): void {
    if (socket !== this.#socket) return;
    this.#seen = Date.now();
    const event = parse(text);
    if (event.type === "ready") {
      this.#failures = 0;
      this.listeners.onState("open");
      this.listeners.onReady();
    } else if (event.type === "auth.expired") {
      this.#expired = true;
    } else if (event.type !== "pong") {
      this.listeners.onEvent(event as LiveEvent);
    }
  }

  #closed(socket: WebSocket, code: number): void {
    if (socket !== this.#socket) return;
    this.#socket = null;
    clearInterval(this.#pulse);
    // Signed out, or no longer of this store: the renewed session says which.
    if (code === 4401 || code === 4403) this.#expired = true;
    if (code === TOO_OFTEN) this.#failures = Math.max(this.#failures, PATIENT);
    if (!this.#stopped) this.#wait();
  }

  #wait(): void {
    this.listeners.onState("waiting");
    const ceiling = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
    this.#failures += 1;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#open(), ceiling * (0.5 + Math.random() / 2));
  }

  // A dead mobile connection doesn't close by itself: silence after a ping does it.
  #ping(): void {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return;
    if (Date.now() - this.#seen > SILENCE_LIMIT + PING_EVERY) {
      this.#drop();
      if (!this.#stopped) this.#wait();
      return;
    }
    socket.send(JSON.stringify({ type: "ping" }));
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    clearInterval(this.#pulse);
    socket?.close();
  }
}

function parse(text: string): { type: string } {
  try {
    const event: unknown = JSON.parse(text);
    if (typeof event === "object" && event !== null && "type" in event) {
      return event as { type: string };
    }
  } catch {
    // Falls through: what can't be read is nothing to act on.
  }
  return { type: "pong" };
}
