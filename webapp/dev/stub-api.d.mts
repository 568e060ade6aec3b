import type {
  Autosend,
  Conversation,
  Import,
  KnowledgeDocument,
  Me,
  Message,
  PaceSettings,
  PriceLookup,
  Product,
  QueuedReply,
  Review,
  Spending,
  TenantSettings,
  WorkingHours,
} from "../src/api/types";

export type StubConversation = {
  summary: Omit<Conversation, "suggestion" | "pending_outbound" | "episode">;
  suggestion: Conversation["suggestion"];
  pending_outbound: Conversation["pending_outbound"];
  messages: Message[];
  price?: PriceLookup | null;
};

export type Stub = {
  origin: string;
  store: {
    people: Record<string, Me>;
    conversations: StubConversation[];
    tenant: TenantSettings;
    spending: Spending;
    documents: KnowledgeDocument[];
    products: Product[];
    imports: Import[];
    autosend: Pick<Autosend, "locks" | "settings" | "intents">;
    reviews: Review[];
    pace: PaceSettings;
    hours: WorkingHours;
    queue: QueuedReply[];
  };
  requests: {
    method: string;
    path: string;
    query: string;
    authorization: string;
    body: Record<string, unknown> | undefined;
  }[];
  push: (event: unknown) => void;
  sockets: Set<unknown>;
  failNext: (match: (method: string, path: string) => boolean, act: () => unknown) => void;
  refuse: (status: number, code: string, detail: string, fields?: unknown[]) => never;
  expireAccess: () => void;
  expireAll: () => void;
  closeSockets: (code: number) => void;
  dropSockets: () => void;
  close: () => Promise<void>;
};

export const DROPPED: unique symbol;
export function newId(): string;
export function startStub(options?: {
  port?: number;
  dist?: string;
  frame?: string;
  empty?: boolean;
  accessSeconds?: number;
}): Promise<Stub>;
