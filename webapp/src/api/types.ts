// The names the app uses, taken from the operations rather than from the document's own names,
// so that a renamed schema on the server changes nothing here.
import type { Answer } from "./client";

export type { FieldProblem, Me, Permission } from "./schema.gen";

export type ConversationPage = Answer<"GET /conversations">;
export type ConversationSummary = ConversationPage["items"][number];
export type Counts = ConversationPage["counts"];
export type Conversation = Answer<"GET /conversations/{id}">;
export type ConversationStatus = Conversation["status"];
export type Mode = Conversation["mode"];
export type Suggestion = NonNullable<Conversation["suggestion"]>;
export type Source = Suggestion["sources"][number];
export type MessagePage = Answer<"GET /conversations/{id}/messages">;
export type Message = MessagePage["items"][number];
export type Attachment = Message["attachments"][number];
export type Outbound = Answer<"POST /conversations/{id}/messages">;
export type TenantSettings = Answer<"GET /tenant">;
export type Flag = Answer<"GET /flags">["items"][number];
export type RejectReason = "wrong" | "tone" | "missing" | "self";
export type EscalateReason = "complaint" | "unusual" | "owner" | "other";

export type DocumentPage = Answer<"GET /documents">;
export type DocumentSummary = DocumentPage["items"][number];
export type KnowledgeDocument = Answer<"GET /documents/{id}">;
export type DocumentType = KnowledgeDocument["type"];
export type IndexMark = DocumentSummary["index"];
export type ProductSummary = Answer<"GET /products">["items"][number];
export type Product = Answer<"GET /products/{id}">;
export type Variant = Product["variants"][number];
export type Import = Answer<"GET /imports/{id}">;
export type ImportTable = NonNullable<Import["table"]>;
export type ImportRow = Answer<"GET /imports/{id}/rows">["items"][number];
export type ImportResult = ImportRow["result"];
export type IndexState = Answer<"GET /index">;
export type IndexJob = Answer<"GET /index/jobs">["items"][number];

export type Autosend = Answer<"GET /autosend">;
export type AutosendSettings = Answer<"GET /tenant/autosend">;
export type IntentStanding = Autosend["intents"][number];
export type Intent = IntentStanding["intent"];
export type Certificate = Answer<"POST /autosend/{id}/certificate">;
export type Review = Answer<"GET /autosend/reviews">["items"][number];
export type Replay = Answer<"GET /replays/{id}">;
export type ReplayResult = NonNullable<Replay["result"]>;
export type ReplayCase = Answer<"GET /replays/{id}/cases">["items"][number];
export type PaceSettings = Answer<"GET /tenant/pace">;
export type WorkingHours = Answer<"GET /tenant/hours">;
export type Policies = Answer<"GET /tenant/policies">;

export type QueuedReply = Answer<"GET /outbound">["items"][number];
export type QueueFigures = Answer<"GET /outbound/figures">;

export type PriceLookup = Answer<"GET /conversations/{id}/price-lookup">;

export type Spending = Answer<"GET /spending">;
