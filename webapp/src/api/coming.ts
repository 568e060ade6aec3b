// Temporary.

export type AddressForm = "vy" | "ty";
export type Alive = { status: "ok" };
export type Approval = { text?: string | null; version: number };
export type Attachment = {
  file_name: string | null;
  id: string;
  kind: AttachmentKind;
  mime: string | null;
  size: number | null;
  state: AttachmentState;
};
export type AttachmentKind =
  | "photo"
  | "video"
  | "voice"
  | "video_note"
  | "audio"
  | "document"
  | "sticker"
  | "location"
  | "contact";
export type AttachmentState = "pending" | "stored" | "too_big" | "failed";
export type Call = { reason: EscalateReason };
export type Channel = { id: string; kind: ChannelKind; name: string };
export type ChannelKind =
  | "telegram_bot"
  | "telegram_business"
  | "telegram_personal"
  | "whatsapp_business"
  | "whatsapp_personal"
  | "max_bot"
  | "max_personal"
  | "web_chat";
export type ConversationChanges = { mode: Mode };
export type ConversationDetail = {
  assignee: Person | null;
  channel: Channel;
  customer: Person;
  episode: number;
  id: string;
  last_message: LastMessage | null;
  mode: Mode;
  number: number;
  pending_outbound: Outbound | null;
  status: ConversationStatus;
  suggestion: Suggestion | null;
  unread_count: number;
  version: number;
  waiting_since: string | null;
};
export type ConversationPage = {
  counts: Counts;
  items: ConversationSummary[];
  next_cursor: string | null;
};
export type ConversationStatus = "waiting" | "active" | "escalated" | "resolved";
export type ConversationSummary = {
  assignee: Person | null;
  channel: Channel;
  customer: Person;
  id: string;
  last_message: LastMessage | null;
  mode: Mode;
  number: number;
  status: ConversationStatus;
  suggestion: SuggestionRef | null;
  unread_count: number;
  version: number;
  waiting_since: string | null;
};
export type Counts = {
  active: number;
  escalated: number;
  resolved: number;
  unread: number;
  waiting: number;
};
export type Decision = { version: number };
export type Direction = "in" | "out";
export type Document = {
  body: string;
  category: string | null;
  changed_at: string;
  characters: number;
  created_at: string;
  id: string;
  index: IndexMark;
  tags: string[];
  title: string;
  type: DocumentType;
  version: number;
};
export type DocumentChanges = {
  body?: string | null;
  category?: string | null;
  tags?: string[] | null;
  title?: string | null;
  type?: DocumentType | null;
  version: number;
};
export type DocumentPage = { items: DocumentSummary[]; next_cursor: string | null; total: number };
export type DocumentSummary = {
  category: string | null;
  changed_at: string;
  characters: number;
  created_at: string;
  id: string;
  index: IndexMark;
  tags: string[];
  title: string;
  type: DocumentType;
  version: number;
};
export type DocumentType = "policy" | "faq" | "delivery" | "returns";
export type Doubt = { arrived: boolean };
export type EscalateReason = "complaint" | "unusual" | "owner" | "other";
export type Escalation = { reason: EscalateReason; version: number };
export type FieldProblem = { code: string; detail: string; field: string };
export type FieldReason = { code: string; detail: string; field: string | null };
export type Flag =
  | "AI_SUGGESTIONS_ENABLED"
  | "RAG_ENABLED"
  | "FEW_SHOT_LEARNING"
  | "DECISION_ENGINE_ENABLED"
  | "AI_AUTOSEND_ENABLED"
  | "HUMAN_DELAY_ENABLED"
  | "TELEGRAM_CHANNEL_ENABLED"
  | "WHATSAPP_CHANNEL_ENABLED"
  | "MAX_CHANNEL_ENABLED"
  | "TELEGRAM_BUSINESS_CHANNEL_ENABLED"
  | "WEB_CHAT_CHANNEL_ENABLED"
  | "TELEGRAM_PERSONAL_CHANNEL_ENABLED"
  | "WHATSAPP_PERSONAL_CHANNEL_ENABLED"
  | "MAX_PERSONAL_CHANNEL_ENABLED";
export type FlagState = { enabled: boolean; name: Flag; source: "platform" | "tenant" | "default" };
export type Flags = { items: FlagState[] };
export type Import = {
  counts: ImportCounts;
  created_at: string;
  created_by: ImportAuthor;
  document: ImportDocument | null;
  file_name: string;
  file_size: number;
  finished_at: string | null;
  id: string;
  kind: ImportKind;
  problem: FieldReason | null;
  progress: ImportProgress;
  state: ImportState;
  table: ImportTable | null;
  take_good_rows: boolean;
  version: number;
};
export type ImportApplication = { take_good_rows?: boolean; version: number };
export type ImportAuthor = { name: string };
export type ImportColumn = {
  field: string | null;
  heading: string;
  index: number;
  samples: string[];
};
export type ImportCorrection = {
  currency?: string | null;
  document?: ImportDocumentWishes | null;
  header_row?: number | null;
  mapping?: Record<string, number> | null;
  sheet?: number | null;
  version: number;
};
export type ImportCounts = {
  created: number;
  rejected: number;
  total: number;
  unchanged: number;
  updated: number;
};
export type ImportDocument = {
  category: string | null;
  characters: number;
  opening: string;
  replaces: string | null;
  tags: string[];
  title: string;
  type: DocumentType;
};
export type ImportDocumentWishes = {
  category?: string | null;
  tags?: string[] | null;
  title?: string | null;
  type?: DocumentType | null;
};
export type ImportKind = "documents" | "products";
export type ImportPage = { items: Import[]; next_cursor: string | null };
export type ImportProgress = { done: number; total: number };
export type ImportRow = {
  document_id: string | null;
  name: string | null;
  notes: Reason[];
  number: number;
  product_id: string | null;
  reason: FieldReason | null;
  result: Result;
  sku: string | null;
};
export type ImportRowPage = { items: ImportRow[]; next_after: number | null };
export type ImportState = "uploaded" | "previewed" | "applying" | "done" | "failed" | "cancelled";
export type ImportTable = {
  columns: ImportColumn[];
  currency: string;
  header_row: number;
  missing: string[];
  sheet: number;
  sheets: string[];
};
export type Index = {
  chunks: number;
  done: number;
  embedder: string;
  failed: number;
  problems: IndexTrouble[];
  sources: IndexSources;
  waiting: number;
  working: number;
};
export type IndexChosen = { ids?: string[] | null; kind?: SourceKind | null };
export type IndexJob = {
  attempts: number;
  due_at: string;
  id: string;
  problem: Reason | null;
  source: IndexJobSource;
  state: "waiting" | "working" | "failed";
};
export type IndexJobPage = { items: IndexJob[]; next_cursor: string | null };
export type IndexJobSource = { id: string; kind: SourceKind; title: string | null };
export type IndexMark = { problem: Reason | null; state: "ready" | "waiting" | "failed" };
export type IndexRecompute = {
  anew?: boolean;
  ids?: string[] | null;
  kind?: SourceKind | null;
  only_failed?: boolean;
};
export type IndexSources = { documents: number; products: number };
export type IndexTrouble = { code: string; count: number; detail: string };
export type Invite = { expires_at: string; link: string };
export type Labels = { categories: string[]; tags: string[] };
export type Language = "ru" | "en";
export type LastMessage = { at: string; direction: Direction; text: string };
export type Link = { token: string };
export type Me = {
  memberships: Membership[];
  permissions: Permission[];
  role: Role | null;
  tenant: Store | null;
  user: Reader;
};
export type Member = {
  membership_id: string;
  on_duty: boolean;
  role: Role;
  since: string;
  user: Person;
};
export type Membership = { role: Role; tenant_id: string; tenant_name: string };
export type Message = {
  at: string;
  attachments: Attachment[];
  author: api__routes__outbound__Author;
  deleted_at: string | null;
  direction: Direction;
  edited_at: string | null;
  id: string;
  outbound: OutboundRef | null;
  reply_to: Quote | null;
  text: string;
  versions: MessageVersion[];
};
export type MessagePage = { items: Message[]; next_before: string | null };
export type MessageVersion = { replaced_at: string; text: string };
export type Mode = "learning" | "semi_auto" | "auto";
export type NewDocument = {
  body: string;
  category?: string | null;
  tags?: string[];
  title: string;
  type?: DocumentType;
};
export type NewInvite = { role: Role };
export type NewMessage = { idempotency_key: string; text: string };
export type NewProduct = {
  currency?: string | null;
  delivery?: string | null;
  description?: string;
  name: string;
  price?: number | string | null;
  sku?: string | null;
  stock?: number | null;
  variants?: Variant_Input[];
};
export type Outbound = {
  author: api__routes__outbound__Author;
  conversation_id: string;
  due_at: string;
  id: string;
  problem: string | null;
  sent_at: string | null;
  state: OutboundState;
  text: string;
};
export type OutboundRef = {
  due_at: string;
  id: string;
  problem: string | null;
  state: OutboundState;
};
export type OutboundState =
  | "scheduled"
  | "claimed"
  | "sending"
  | "sent"
  | "rejected"
  | "unsure"
  | "cancelled";
export type Part = { name: string; ok: boolean };
export type People = { items: Member[] };
export type Permission =
  | "VIEW_CONVERSATIONS"
  | "MANAGE_CONVERSATIONS"
  | "VIEW_CUSTOMERS"
  | "MANAGE_CUSTOMERS"
  | "DELETE_CUSTOMER_DATA"
  | "VIEW_ANALYTICS"
  | "MANAGE_PRODUCTS"
  | "MANAGE_KNOWLEDGE_BASE"
  | "MANAGE_AUTOSEND"
  | "MANAGE_POLICIES"
  | "MANAGE_TRAINING"
  | "EXPORT_TRAINING_DATA"
  | "MANAGE_CHANNELS"
  | "MANAGE_TENANT_SETTINGS"
  | "MANAGE_USERS"
  | "VIEW_AUDIT_LOGS";
export type Person = { id: string; name: string };
export type Problem = {
  code: string;
  detail: string;
  field?: string | null;
  fields?: FieldProblem[] | null;
  params: Record<string, string | number | boolean | null>;
  status: number;
  title: string;
  type: string;
};
export type Product = {
  changed_at: string;
  created_at: string;
  currency: string;
  delivery: string | null;
  description: string;
  id: string;
  index: IndexMark;
  name: string;
  price: string | null;
  sku: string | null;
  stock: number | null;
  variants: Variant_Output[];
  variants_count: number;
  version: number;
};
export type ProductChanges = {
  currency?: string | null;
  delivery?: string | null;
  description?: string | null;
  name?: string | null;
  price?: number | string | null;
  sku?: string | null;
  stock?: number | null;
  variants?: Variant_Input[] | null;
  version: number;
};
export type ProductPage = { items: ProductSummary[]; next_cursor: string | null; total: number };
export type ProductSummary = {
  changed_at: string;
  created_at: string;
  currency: string;
  id: string;
  index: IndexMark;
  name: string;
  price: string | null;
  sku: string | null;
  stock: number | null;
  variants_count: number;
  version: number;
};
export type Quote = { message_id: string | null; text: string };
export type Reader = { id: string; language: "ru" | "en"; name: string };
export type Readiness = { parts: Part[]; ready: boolean };
export type Reason = { code: string; detail: string };
export type Refresh = { refresh_token: string };
export type RejectReason = "wrong" | "tone" | "missing" | "self";
export type Rejection = { reason: RejectReason; version: number };
export type Result = "created" | "updated" | "unchanged" | "rejected";
export type Role = "owner" | "admin" | "operator" | "viewer" | "guest";
export type Session = {
  access_expires_at: string;
  access_token: string;
  me: Me;
  refresh_expires_at: string;
  refresh_token: string;
};
export type Source = {
  currency: string | null;
  id: string;
  kind: "product" | "document";
  price: string | null;
  quote: string | null;
  title: string;
};
export type SourceKind = "document" | "product";
export type Store = { id: string; name: string; status: core__tenants__models__Status };
export type Suggestion = {
  decided_at: string | null;
  decided_by: Person | null;
  failure: string | null;
  id: string | null;
  intent: string | null;
  reasons: string[];
  score: number | null;
  sources: Source[];
  status: api__routes__suggestions__Status;
  text: string | null;
  unbound: string[];
  verdict: Verdict | null;
  version: number;
};
export type SuggestionRef = {
  id: string;
  intent: string | null;
  score: number | null;
  status: api__routes__suggestions__Status;
};
export type Switch = { tenant_id: string };
export type TenantChanges = {
  address_form?: AddressForm;
  currency?: string;
  default_mode?: Mode;
  language?: Language;
  name?: string;
  time_zone?: string;
  tone?: Tone;
  undo_seconds?: number;
};
export type TenantSettings = {
  address_form: AddressForm;
  currency: string;
  default_mode: Mode;
  id: string;
  language: Language;
  name: string;
  status: core__tenants__models__Status;
  time_zone: string;
  tone: Tone;
  trial_ends_at: string;
  undo_seconds: number;
  version: number;
};
export type Tone = "formal" | "friendly";
export type Variant_Input = {
  name: string;
  price?: number | string | null;
  sku?: string | null;
  stock?: number | null;
};
export type Variant_Output = {
  name: string;
  price?: string | null;
  sku?: string | null;
  stock?: number | null;
};
export type Verdict = "auto_send" | "need_approval" | "escalate";
export type api__routes__outbound__Author = {
  kind: core__conversations__models__Author;
  name: string | null;
};
export type api__routes__suggestions__Status =
  | "drafting"
  | "pending"
  | "approved"
  | "edited"
  | "rejected"
  | "escalated"
  | "superseded"
  | "auto_sent"
  | "failed";
export type core__conversations__models__Author =
  | "customer"
  | "operator"
  | "ai"
  | "owner"
  | "system";
export type core__tenants__models__Status = "active" | "restricted";
declare module "./schema.gen" {
  interface Operations {
    "GET /documents": {
      query: {
        q?: string | null;
        type?: DocumentType | null;
        category?: string | null;
        tag?: string | null;
        cursor?: string | null;
        limit?: number;
      };
      body: undefined;
      answer: DocumentPage;
    };
    "POST /documents": { query: undefined; body: NewDocument; answer: Document };
    "GET /documents/labels": { query: undefined; body: undefined; answer: Labels };
    "DELETE /documents/{id}": { query: undefined; body: undefined; answer: undefined };
    "GET /documents/{id}": { query: undefined; body: undefined; answer: Document };
    "PATCH /documents/{id}": { query: undefined; body: DocumentChanges; answer: Document };
    "GET /imports": {
      query: { kind?: ImportKind | null; cursor?: string | null; limit?: number };
      body: undefined;
      answer: ImportPage;
    };
    "POST /imports": { query: { kind?: ImportKind }; body: undefined; answer: Import };
    "DELETE /imports/{id}": { query: undefined; body: undefined; answer: undefined };
    "GET /imports/{id}": { query: undefined; body: undefined; answer: Import };
    "PATCH /imports/{id}": { query: undefined; body: ImportCorrection; answer: Import };
    "POST /imports/{id}/apply": { query: undefined; body: ImportApplication; answer: Import };
    "GET /imports/{id}/rejects": { query: undefined; body: undefined; answer: undefined };
    "GET /imports/{id}/rows": {
      query: { result?: Result | null; after?: number; limit?: number };
      body: undefined;
      answer: ImportRowPage;
    };
    "GET /index": { query: undefined; body: undefined; answer: Index };
    "POST /index/invalidate": { query: undefined; body: IndexChosen; answer: Index };
    "GET /index/jobs": {
      query: {
        state?: "waiting" | "working" | "failed" | null;
        cursor?: string | null;
        limit?: number;
      };
      body: undefined;
      answer: IndexJobPage;
    };
    "POST /index/recompute": { query: undefined; body: IndexRecompute; answer: Index };
    "GET /products": {
      query: {
        q?: string | null;
        stock?: "in" | "out" | "unknown" | null;
        priced?: boolean | null;
        cursor?: string | null;
        limit?: number;
      };
      body: undefined;
      answer: ProductPage;
    };
    "POST /products": { query: undefined; body: NewProduct; answer: Product };
    "DELETE /products/{id}": { query: undefined; body: undefined; answer: undefined };
    "GET /products/{id}": { query: undefined; body: undefined; answer: Product };
    "PATCH /products/{id}": { query: undefined; body: ProductChanges; answer: Product };
  }
}
