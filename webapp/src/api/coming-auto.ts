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
export type Autosend = {
  intents: IntentStanding[];
  locks: Locks;
  reviews_waiting: number;
  settings: AutosendSettings;
  without_licence: boolean;
};
export type AutosendChanges = {
  autosend_allowed?: boolean;
  autosend_alpha?: number;
  autosend_without_licence?: boolean;
  confirmed?: boolean;
  default_mode?: string;
  hold_seconds?: number;
  intents_autosend_allowed?: string[];
  intents_force_handoff?: string[];
  t_auto?: number;
  t_escale?: number;
};
export type AutosendSettings = {
  autosend_allowed: boolean;
  autosend_alpha: number;
  autosend_without_licence: boolean;
  default_mode: Mode;
  hold_seconds: number;
  intents_autosend_allowed: Intent[];
  intents_force_handoff: Intent[];
  licence_waived_at: string | null;
  t_auto: number;
  t_escale: number;
  version: number;
};
export type Breaker = {
  audits: number;
  errors: number;
  height: number;
  since: string;
  tripped_at: string | null;
  trips_at: number;
};
export type Call = { reason: EscalateReason };
export type Candidate = {
  always_escalate_intents: Intent[];
  forbidden_topics: string[];
  intents_autosend_allowed: Intent[];
  intents_force_handoff: Intent[];
  t_auto: number;
  t_escale: number;
};
export type CandidateChanges = {
  always_escalate_intents?: string[];
  forbidden_topics?: string[];
  intents_autosend_allowed?: string[];
  intents_force_handoff?: string[];
  t_auto?: number;
  t_escale?: number;
};
export type Case = {
  asked: string;
  at: string;
  conversation_id: string;
  customer: string;
  drafted: string;
  final: string | null;
  intent: Intent;
  number: number;
  score: number;
  suggestion_id: string;
  why: string;
};
export type Cases = { items: Case[] };
export type Certificate = {
  alpha: number;
  delta: number;
  embedder: string | null;
  ended_at: string | null;
  ended_why: Ending | null;
  expires_at: string;
  id: string;
  intent: Intent;
  issued_at: string;
  issued_by: string | null;
  k: number;
  model: string;
  n: number;
  prompt_hash: string;
  threshold: number;
};
export type Certificates = { items: Certificate[] };
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
export type DelayProfile = "short" | "medium" | "long";
export type Direction = "in" | "out";
export type Doubt = { arrived: boolean };
export type Ending = "tripped" | "withdrawn" | "replaced" | "expired" | "changed";
export type EscalateReason = "complaint" | "unusual" | "owner" | "other";
export type Escalation = { reason: EscalateReason; version: number };
export type FieldProblem = { code: string; detail: string; field: string };
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
export type Holiday = { from: string; name?: string; until: string };
export type HoursGiven = {
  days?: Record<string, unknown> | null;
  holidays?: Record<string, unknown>[];
};
export type Intent =
  | "price"
  | "availability"
  | "shipping"
  | "return"
  | "discount"
  | "complaint"
  | "other";
export type IntentStanding = {
  breaker: Breaker | null;
  certificate: Certificate | null;
  errors: number;
  intent: Intent;
  labels: number;
  missing: number;
  reachable: number | null;
  state: "on" | "without_licence" | "no_licence" | "tripped" | "not_allowed" | "handoff";
  threshold: number;
};
export type Invite = { expires_at: string; link: string };
export type Judgement = { verdict: ReviewVerdict };
export type Language = "ru" | "en";
export type LastMessage = { at: string; direction: Direction; text: string };
export type Link = { token: string };
export type Locks = {
  autosend_on: boolean;
  engine_on: boolean;
  store_active: boolean;
  store_allows: boolean;
  subscribed: boolean;
};
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
export type NewInvite = { role: Role };
export type NewMessage = { idempotency_key: string; text: string };
export type NightMode = "auto_reply" | "delay" | "disable";
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
export type PaceChanges = {
  delay_profile?: string;
  human_delay?: boolean;
  night_from?: string;
  night_mode?: string;
  night_multiplier?: number;
  night_text?: string;
  night_until?: string;
  typing_indicator?: boolean;
  wait_for_hours?: boolean;
};
export type PaceSettings = {
  delay_profile: DelayProfile;
  examples: PauseExample[];
  flag_on: boolean;
  human_delay: boolean;
  night_from: string;
  night_mode: NightMode;
  night_multiplier: number;
  night_text: string;
  night_until: string;
  time_zone: string;
  typing_indicator: boolean;
  version: number;
  wait_for_hours: boolean;
};
export type Part = { name: string; ok: boolean };
export type PauseExample = {
  least_seconds: number;
  letters: number;
  most_seconds: number;
  profile: DelayProfile;
};
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
export type Point = {
  high: number;
  judged: number;
  low: number;
  operator_hours: number;
  sent: number;
  threshold: number;
  waiting_hours: number;
  wrong: number;
};
export type Policies = {
  always_escalate_intents: Intent[];
  disabled_learning_intents: Intent[];
  forbidden_topics: string[];
  version: number;
};
export type PolicyChanges = {
  always_escalate_intents?: string[];
  disabled_learning_intents?: string[];
  forbidden_topics?: string[];
};
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
export type Quote = { message_id: string | null; text: string };
export type Reader = { id: string; language: "ru" | "en"; name: string };
export type Readiness = { parts: Part[]; ready: boolean };
export type Refresh = { refresh_token: string };
export type RejectReason = "wrong" | "tone" | "missing" | "self";
export type Rejection = { reason: RejectReason; version: number };
export type Replay = {
  asked_at: string;
  candidate: Candidate;
  days: number;
  done: number;
  finished_at: string | null;
  id: string;
  problem: string | null;
  result: Result | null;
  state: ReplayState;
  total: number;
};
export type ReplayAsked = { candidate?: CandidateChanges; days: number };
export type ReplayState = "queued" | "running" | "done" | "failed";
export type Replays = { items: Replay[] };
export type Result = {
  chosen: Point;
  curve: Point[];
  drafts: number;
  held: Record<string, number>;
};
export type Review = {
  asked: string;
  conversation_id: string;
  customer: string;
  id: string;
  intent: Intent | null;
  kind: ReviewKind;
  number: number;
  reply: string;
  wanted_at: string;
};
export type ReviewKind = "second" | "autosent";
export type ReviewVerdict = "good" | "bad";
export type Reviews = { items: Review[] };
export type Role = "owner" | "admin" | "operator" | "viewer" | "guest";
export type Session = {
  access_expires_at: string;
  access_token: string;
  me: Me;
  refresh_expires_at: string;
  refresh_token: string;
};
export type Shift = { breaks?: unknown[][]; close: string; open: string };
export type Source = {
  currency: string | null;
  id: string;
  kind: "product" | "document";
  price: string | null;
  quote: string | null;
  title: string;
};
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
export type Verdict = "auto_send" | "need_approval" | "escalate";
export type WorkingHours = { days?: Record<string, Shift | null> | null; holidays?: Holiday[] };
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
    "GET /autosend": { query: undefined; body: undefined; answer: Autosend };
    "GET /autosend/certificates": {
      query: { intent?: Intent | null };
      body: undefined;
      answer: Certificates;
    };
    "GET /autosend/reviews": { query: undefined; body: undefined; answer: Reviews };
    "POST /autosend/reviews/{id}": { query: undefined; body: Judgement; answer: undefined };
    "DELETE /autosend/{id}/certificate": { query: undefined; body: undefined; answer: Certificate };
    "POST /autosend/{id}/certificate": { query: undefined; body: undefined; answer: Certificate };
    "GET /replays": { query: undefined; body: undefined; answer: Replays };
    "POST /replays": { query: undefined; body: ReplayAsked; answer: Replay };
    "GET /replays/{id}": { query: undefined; body: undefined; answer: Replay };
    "GET /replays/{id}/cases": {
      query: { threshold?: number; limit?: number };
      body: undefined;
      answer: Cases;
    };
    "GET /tenant/autosend": { query: undefined; body: undefined; answer: AutosendSettings };
    "PATCH /tenant/autosend": { query: undefined; body: AutosendChanges; answer: AutosendSettings };
    "GET /tenant/hours": { query: undefined; body: undefined; answer: WorkingHours };
    "PUT /tenant/hours": { query: undefined; body: HoursGiven; answer: WorkingHours };
    "GET /tenant/pace": { query: undefined; body: undefined; answer: PaceSettings };
    "PATCH /tenant/pace": { query: undefined; body: PaceChanges; answer: PaceSettings };
    "GET /tenant/policies": { query: undefined; body: undefined; answer: Policies };
    "PATCH /tenant/policies": { query: undefined; body: PolicyChanges; answer: Policies };
  }
}
