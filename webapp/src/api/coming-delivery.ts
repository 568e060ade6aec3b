type QueuedReply = {
  id: string;
  conversation: { id: string; number: number };
  customer: { id: string; name: string };
  channel: { id: string; kind: string; name: string };
  state:
    | "scheduled"
    | "claimed"
    | "sending"
    | "sent"
    | "rejected"
    | "unsure"
    | "parked"
    | "cancelled";
  automatic: boolean;
  author: { kind: string; name: string | null };
  text: string;
  created_at: string;
  planned_for: string;
  due_at: string;
  settled_at: string | null;
  late_seconds: number;
  attempts: number;
  problem: string | null;
  waits_for: string | null;
  can_cancel: boolean;
  can_retry: boolean;
  can_resolve: boolean;
};

declare module "./schema.gen" {
  interface Operations {
    "GET /outbound": {
      query: { show?: string; cursor?: string | undefined; limit?: number };
      body: undefined;
      answer: { items: QueuedReply[]; next_cursor: string | null };
    };
    "GET /outbound/figures": {
      query: undefined;
      body: undefined;
      answer: {
        waiting: number;
        due: number;
        late: number;
        going_out: number;
        held: number;
        in_doubt: number;
        parked: number;
        oldest_due_seconds: number | null;
        outcomes: {
          sent: number;
          rejected: number;
          unsure: number;
          parked: number;
          cancelled: number;
        };
        lateness_p50_seconds: number | null;
        lateness_p99_seconds: number | null;
      };
    };
    "POST /outbound/cancel": {
      query: undefined;
      body: { ids: string[] };
      answer: { cancelled: string[]; too_late: string[]; unknown: string[] };
    };
    "POST /outbound/{id}/retry": { query: undefined; body: undefined; answer: Outbound };
  }
}

export {};
