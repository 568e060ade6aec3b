// Written by `npm run types` from the OpenAPI document. Do not edit.

export type AddressForm = "vy" | "ty";

export type Alive = { "status": "ok" };

export type Approval = { "text"?: string | null; "version": number };

export type Attachment = { "file_name": string | null; "id": string; "kind": AttachmentKind; "mime": string | null; "size": number | null; "state": AttachmentState };

export type AttachmentKind = "photo" | "video" | "voice" | "video_note" | "audio" | "document" | "sticker" | "location" | "contact";

export type AttachmentState = "pending" | "stored" | "too_big" | "failed";

export type Autosend = { "intents": (IntentStanding)[]; "locks": Locks; "reviews_waiting": number; "settings": AutosendSettings; "without_licence": boolean };

export type AutosendChanges = { "autosend_allowed"?: boolean; "autosend_alpha"?: number; "autosend_without_licence"?: boolean; "confirmed"?: boolean; "default_mode"?: string; "hold_seconds"?: number; "intents_autosend_allowed"?: (string)[]; "intents_force_handoff"?: (string)[]; "t_auto"?: number; "t_escale"?: number };

export type AutosendSettings = { "autosend_allowed": boolean; "autosend_alpha": number; "autosend_without_licence": boolean; "default_mode": Mode; "hold_seconds": number; "intents_autosend_allowed": (Intent)[]; "intents_force_handoff": (Intent)[]; "licence_waived_at": string | null; "t_auto": number; "t_escale": number; "version": number };

export type Breaker = { "audits": number; "errors": number; "height": number; "since": string; "tripped_at": string | null; "trips_at": number };

export type BudgetChange = { "ai_daily_budget_usd": number | string };

export type Call = { "reason": EscalateReason };

export type Candidate = { "always_escalate_intents": (Intent)[]; "forbidden_topics": (string)[]; "intents_autosend_allowed": (Intent)[]; "intents_force_handoff": (Intent)[]; "t_auto": number; "t_escale": number };

export type CandidateChanges = { "always_escalate_intents"?: (string)[]; "forbidden_topics"?: (string)[]; "intents_autosend_allowed"?: (string)[]; "intents_force_handoff"?: (string)[]; "t_auto"?: number; "t_escale"?: number };

export type Case = { "asked": string; "at": string; "conversation_id": string; "customer": string; "drafted": string; "final": string | null; "intent": Intent; "number": number; "score": number; "suggestion_id": string; "why": string };

export type Cases = { "items": (Case)[] };

export type Certificate = { "alpha": number; "delta": number; "embedder": string | null; "ended_at": string | null; "ended_why": Ending | null; "expires_at": string; "id": string; "intent": Intent; "issued_at": string; "issued_by": string | null; "k": number; "model": string; "n": number; "prompt_hash": string; "threshold": number };

export type Certificates = { "items": (Certificate)[] };

export type Channel = { "id": string; "kind": ChannelKind; "name": string };

export type ChannelKind = "telegram_bot" | "telegram_business" | "telegram_personal" | "whatsapp_business" | "whatsapp_personal" | "max_bot" | "max_personal" | "web_chat";

export type Condition = "used" | "contract" | "new" | "unknown";

export type ConversationChanges = { "mode": Mode };

export type ConversationDetail = { "assignee": Person | null; "channel": Channel; "customer": Person; "episode": number; "id": string; "last_message": LastMessage | null; "mode": Mode; "number": number; "pending_outbound": Outbound | null; "status": ConversationStatus; "suggestion": Suggestion | null; "unread_count": number; "version": number; "waiting_since": string | null };

export type ConversationPage = { "counts": Counts; "items": (ConversationSummary)[]; "next_cursor": string | null };

export type ConversationStatus = "waiting" | "active" | "escalated" | "resolved";

export type ConversationSummary = { "assignee": Person | null; "channel": Channel; "customer": Person; "id": string; "last_message": LastMessage | null; "mode": Mode; "number": number; "status": ConversationStatus; "suggestion": SuggestionRef | null; "unread_count": number; "version": number; "waiting_since": string | null };

export type Counts = { "active": number; "escalated": number; "resolved": number; "unread": number; "waiting": number };

export type Decision = { "version": number };

export type DelayProfile = "short" | "medium" | "long";

export type Direction = "in" | "out";

export type Document = { "body": string; "category": string | null; "changed_at": string; "characters": number; "created_at": string; "id": string; "index": IndexMark; "tags": (string)[]; "title": string; "type": DocumentType; "version": number };

export type DocumentChanges = { "body"?: string | null; "category"?: string | null; "tags"?: (string)[] | null; "title"?: string | null; "type"?: DocumentType | null; "version": number };

export type DocumentPage = { "items": (DocumentSummary)[]; "next_cursor": string | null; "total": number };

export type DocumentSummary = { "category": string | null; "changed_at": string; "characters": number; "created_at": string; "id": string; "index": IndexMark; "tags": (string)[]; "title": string; "type": DocumentType; "version": number };

export type DocumentType = "policy" | "faq" | "delivery" | "returns";

export type Doubt_Input = { "arrived": boolean };

export type Doubt_Output = { "kind": string; "text": string };

export type Ending = "tripped" | "withdrawn" | "replaced" | "expired" | "changed";

export type EscalateReason = "complaint" | "unusual" | "owner" | "other";

export type Escalation = { "reason": EscalateReason; "version": number };

export type FieldProblem = { "code": string; "detail": string; "field": string };

export type FieldReason = { "code": string; "detail": string; "field": string | null };

export type Flag = "AI_SUGGESTIONS_ENABLED" | "RAG_ENABLED" | "FEW_SHOT_LEARNING" | "DECISION_ENGINE_ENABLED" | "AI_AUTOSEND_ENABLED" | "HUMAN_DELAY_ENABLED" | "TELEGRAM_CHANNEL_ENABLED" | "WHATSAPP_CHANNEL_ENABLED" | "MAX_CHANNEL_ENABLED" | "TELEGRAM_BUSINESS_CHANNEL_ENABLED" | "WEB_CHAT_CHANNEL_ENABLED" | "TELEGRAM_PERSONAL_CHANNEL_ENABLED" | "WHATSAPP_PERSONAL_CHANNEL_ENABLED" | "MAX_PERSONAL_CHANNEL_ENABLED";

export type FlagState = { "enabled": boolean; "name": Flag; "source": "platform" | "tenant" | "default" };

export type Flags = { "items": (FlagState)[] };

export type Holiday = { "from": string; "name"?: string; "until": string };

export type HoursGiven = { "days"?: Record<string, unknown> | null; "holidays"?: (Record<string, unknown>)[] };

export type Import = { "counts": ImportCounts; "created_at": string; "created_by": ImportAuthor; "document": ImportDocument | null; "file_name": string; "file_size": number; "finished_at": string | null; "id": string; "kind": ImportKind; "problem": FieldReason | null; "progress": ImportProgress; "state": ImportState; "table": ImportTable | null; "take_good_rows": boolean; "version": number };

export type ImportApplication = { "take_good_rows"?: boolean; "version": number };

export type ImportAuthor = { "name": string };

export type ImportColumn = { "field": string | null; "heading": string; "index": number; "samples": (string)[] };

export type ImportCorrection = { "currency"?: string | null; "document"?: ImportDocumentWishes | null; "header_row"?: number | null; "mapping"?: Record<string, number> | null; "sheet"?: number | null; "version": number };

export type ImportCounts = { "created": number; "rejected": number; "total": number; "unchanged": number; "updated": number };

export type ImportDocument = { "category": string | null; "characters": number; "opening": string; "replaces": string | null; "tags": (string)[]; "title": string; "type": DocumentType };

export type ImportDocumentWishes = { "category"?: string | null; "tags"?: (string)[] | null; "title"?: string | null; "type"?: DocumentType | null };

export type ImportKind = "documents" | "products";

export type ImportPage = { "items": (Import)[]; "next_cursor": string | null };

export type ImportProgress = { "done": number; "total": number };

export type ImportRow = { "document_id": string | null; "name": string | null; "notes": (Reason)[]; "number": number; "product_id": string | null; "reason": FieldReason | null; "result": core__catalog__writing__Result; "sku": string | null };

export type ImportRowPage = { "items": (ImportRow)[]; "next_after": number | null };

export type ImportState = "uploaded" | "previewed" | "applying" | "done" | "failed" | "cancelled";

export type ImportTable = { "columns": (ImportColumn)[]; "currency": string; "header_row": number; "missing": (string)[]; "sheet": number; "sheets": (string)[] };

export type Index = { "chunks": number; "done": number; "embedder": string; "failed": number; "problems": (IndexTrouble)[]; "sources": IndexSources; "waiting": number; "working": number };

export type IndexChosen = { "ids"?: (string)[] | null; "kind"?: SourceKind | null };

export type IndexJob = { "attempts": number; "due_at": string; "id": string; "problem": Reason | null; "source": IndexJobSource; "state": "waiting" | "working" | "failed" };

export type IndexJobPage = { "items": (IndexJob)[]; "next_cursor": string | null };

export type IndexJobSource = { "id": string; "kind": SourceKind; "title": string | null };

export type IndexMark = { "problem": Reason | null; "state": "ready" | "waiting" | "failed" };

export type IndexRecompute = { "anew"?: boolean; "ids"?: (string)[] | null; "kind"?: SourceKind | null; "only_failed"?: boolean };

export type IndexSources = { "documents": number; "products": number };

export type IndexTrouble = { "code": string; "count": number; "detail": string };

export type Intent = "price" | "availability" | "shipping" | "return" | "discount" | "complaint" | "other";

export type IntentStanding = { "breaker": Breaker | null; "certificate": Certificate | null; "errors": number; "intent": Intent; "labels": number; "missing": number; "reachable": number | null; "state": "on" | "without_licence" | "no_licence" | "tripped" | "not_allowed" | "handoff"; "threshold": number };

export type Invite = { "expires_at": string; "link": string };

export type Judgement = { "verdict": ReviewVerdict };

export type Labels = { "categories": (string)[]; "tags": (string)[] };

export type Language = "ru" | "en";

export type LastMessage = { "at": string; "direction": Direction; "text": string };

export type Link = { "token": string };

export type Locks = { "autosend_on": boolean; "engine_on": boolean; "store_active": boolean; "store_allows": boolean; "subscribed": boolean };

export type LookupState = "pending" | "found" | "estimated" | "not_found" | "failed";

export type Me = { "memberships": (Membership)[]; "permissions": (Permission)[]; "role": Role | null; "tenant": Store | null; "user": Reader };

export type Member = { "membership_id": string; "on_duty": boolean; "role": Role; "since": string; "user": Person };

export type Membership = { "role": Role; "tenant_id": string; "tenant_name": string };

export type Message = { "at": string; "attachments": (Attachment)[]; "author": api__routes__outbound__Author; "deleted_at": string | null; "direction": Direction; "edited_at": string | null; "id": string; "outbound": OutboundRef | null; "reply_to": Quote | null; "text": string; "versions": (MessageVersion)[] };

export type MessagePage = { "items": (Message)[]; "next_before": string | null };

export type MessageVersion = { "replaced_at": string; "text": string };

export type Mode = "learning" | "semi_auto" | "auto";

export type NewDocument = { "body": string; "category"?: string | null; "tags"?: (string)[]; "title": string; "type"?: DocumentType };

export type NewInvite = { "role": Role };

export type NewMessage = { "idempotency_key": string; "text": string };

export type NewProduct = { "currency"?: string | null; "delivery"?: string | null; "description"?: string; "name": string; "price"?: number | string | null; "sku"?: string | null; "stock"?: number | null; "variants"?: (Variant_Input)[] };

export type NightMode = "auto_reply" | "delay" | "disable";

export type Outbound = { "author": api__routes__outbound__Author; "conversation_id": string; "due_at": string; "id": string; "problem": string | null; "sent_at": string | null; "state": OutboundState; "text": string };

export type OutboundRef = { "due_at": string; "id": string; "problem": string | null; "state": OutboundState };

export type OutboundState = "scheduled" | "claimed" | "sending" | "sent" | "rejected" | "unsure" | "parked" | "cancelled";

export type Outcomes = { "cancelled"?: number; "parked"?: number; "rejected"?: number; "sent"?: number; "unsure"?: number };

export type PaceChanges = { "delay_profile"?: string; "human_delay"?: boolean; "night_from"?: string; "night_mode"?: string; "night_multiplier"?: number; "night_text"?: string; "night_until"?: string; "typing_indicator"?: boolean; "wait_for_hours"?: boolean };

export type PaceSettings = { "delay_profile": DelayProfile; "examples": (PauseExample)[]; "flag_on": boolean; "human_delay": boolean; "night_from": string; "night_mode": NightMode; "night_multiplier": number; "night_text": string; "night_until": string; "time_zone": string; "typing_indicator": boolean; "version": number; "wait_for_hours": boolean };

export type Part = { "name": string; "ok": boolean };

export type PauseExample = { "least_seconds": number; "letters": number; "most_seconds": number; "profile": DelayProfile };

export type People = { "items": (Member)[] };

export type Permission = "VIEW_CONVERSATIONS" | "MANAGE_CONVERSATIONS" | "VIEW_CUSTOMERS" | "MANAGE_CUSTOMERS" | "DELETE_CUSTOMER_DATA" | "VIEW_ANALYTICS" | "MANAGE_PRODUCTS" | "MANAGE_KNOWLEDGE_BASE" | "MANAGE_AUTOSEND" | "MANAGE_POLICIES" | "MANAGE_TRAINING" | "EXPORT_TRAINING_DATA" | "MANAGE_CHANNELS" | "MANAGE_TENANT_SETTINGS" | "MANAGE_USERS" | "VIEW_AUDIT_LOGS";

export type Person = { "id": string; "name": string };

export type Point = { "high": number; "judged": number; "low": number; "operator_hours": number; "sent": number; "threshold": number; "waiting_hours": number; "wrong": number };

export type Policies = { "always_escalate_intents": (Intent)[]; "disabled_learning_intents": (Intent)[]; "forbidden_topics": (string)[]; "version": number };

export type PolicyChanges = { "always_escalate_intents"?: (string)[]; "disabled_learning_intents"?: (string)[]; "forbidden_topics"?: (string)[] };

export type PriceLink = { "price": string | null; "site": string; "title": string; "url": string };

export type PriceLookup = { "asked": string; "condition": Condition | null; "currency": string; "expires_at": string | null; "highest": string | null; "id": string; "is_weak": boolean; "left_out": number; "links": (PriceLink)[]; "lowest": string | null; "median": string | null; "n": number; "problem": string | null; "quarter": string | null; "seen_at": string | null; "source": PriceSource | null; "state": LookupState; "three_quarters": string | null };

export type PriceSource = "listings" | "ai_estimate";

export type Problem = { "code": string; "detail": string; "field"?: string | null; "fields"?: (FieldProblem)[] | null; "params": Record<string, string | number | boolean | null>; "status": number; "title": string; "type": string };

export type Product = { "changed_at": string; "created_at": string; "currency": string; "delivery": string | null; "description": string; "id": string; "index": IndexMark; "name": string; "price": string | null; "sku": string | null; "stock": number | null; "variants": (Variant_Output)[]; "variants_count": number; "version": number };

export type ProductChanges = { "currency"?: string | null; "delivery"?: string | null; "description"?: string | null; "name"?: string | null; "price"?: number | string | null; "sku"?: string | null; "stock"?: number | null; "variants"?: (Variant_Input)[] | null; "version": number };

export type ProductPage = { "items": (ProductSummary)[]; "next_cursor": string | null; "total": number };

export type ProductSummary = { "changed_at": string; "created_at": string; "currency": string; "id": string; "index": IndexMark; "name": string; "price": string | null; "sku": string | null; "stock": number | null; "variants_count": number; "version": number };

export type QueueChannel = { "id": string; "kind": ChannelKind; "name": string };

export type QueueConversation = { "id": string; "number": number };

export type QueueCustomer = { "id": string; "name": string };

export type QueueFigures = { "due": number; "going_out": number; "held": number; "in_doubt": number; "late": number; "lateness_p50_seconds": number | null; "lateness_p99_seconds": number | null; "oldest_due_seconds": number | null; "outcomes": Outcomes; "parked": number; "waiting": number };

export type QueuePage = { "items": (QueuedReply)[]; "next_cursor": string | null };

export type QueuedReply = { "attempts": number; "author": api__routes__outbound__Author; "automatic": boolean; "can_cancel": boolean; "can_resolve": boolean; "can_retry": boolean; "channel": QueueChannel; "conversation": QueueConversation; "created_at": string; "customer": QueueCustomer; "due_at": string; "id": string; "late_seconds": number; "planned_for": string; "problem": string | null; "settled_at": string | null; "state": OutboundState; "text": string; "waits_for": string | null };

export type Quote = { "message_id": string | null; "text": string };

export type Reader = { "id": string; "language": "ru" | "en"; "name": string };

export type Readiness = { "parts": (Part)[]; "ready": boolean };

export type Reason = { "code": string; "detail": string };

export type Refresh = { "refresh_token": string };

export type RejectReason = "wrong" | "tone" | "missing" | "self";

export type Rejection = { "reason": RejectReason; "version": number };

export type Replay = { "asked_at": string; "candidate": Candidate; "days": number; "done": number; "finished_at": string | null; "id": string; "problem": string | null; "result": api__routes__replays__Result | null; "state": ReplayState; "total": number };

export type ReplayAsked = { "candidate"?: CandidateChanges; "days": number };

export type ReplayState = "queued" | "running" | "done" | "failed";

export type Replays = { "items": (Replay)[] };

export type Result_Input = "created" | "updated" | "unchanged" | "rejected";

export type Review = { "asked": string; "conversation_id": string; "customer": string; "id": string; "intent": Intent | null; "kind": ReviewKind; "number": number; "reply": string; "wanted_at": string };

export type ReviewKind = "second" | "autosent";

export type ReviewVerdict = "good" | "bad";

export type Reviews = { "items": (Review)[] };

export type Role = "owner" | "admin" | "operator" | "viewer" | "guest";

export type Session = { "access_expires_at": string; "access_token": string; "me": Me; "refresh_expires_at": string; "refresh_token": string };

export type Shift = { "breaks"?: ((unknown)[])[]; "close": string; "open": string };

export type Show = "open" | "late" | "in_doubt" | "parked" | "done" | "all";

export type Source = { "currency": string | null; "id": string; "kind": string; "price": string | null; "quote": string | null; "title": string };

export type SourceKind = "document" | "product" | "answer";

export type Spending = { "budget_usd": string; "calls": number; "day": string; "left_usd": string; "spent_out_at": string | null; "spent_usd": string };

export type Store = { "id": string; "name": string; "status": core__tenants__models__Status };

export type Suggestion = { "decided_at": string | null; "decided_by": Person | null; "doubts": (Doubt_Output)[]; "failure": string | null; "id": string | null; "intent": string | null; "reasons": (string)[]; "score": number | null; "sources": (Source)[]; "status": api__routes__suggestions__Status; "text": string | null; "unbound": (string)[]; "verdict": Verdict | null; "version": number };

export type SuggestionRef = { "id": string; "intent": string | null; "score": number | null; "status": api__routes__suggestions__Status };

export type Switch = { "tenant_id": string };

export type TenantChanges = { "address_form"?: AddressForm; "currency"?: string; "default_mode"?: Mode; "language"?: Language; "name"?: string; "time_zone"?: string; "tone"?: Tone; "undo_seconds"?: number };

export type TenantSettings = { "address_form": AddressForm; "currency": string; "default_mode": Mode; "id": string; "language": Language; "name": string; "status": core__tenants__models__Status; "time_zone": string; "tone": Tone; "trial_ends_at": string; "undo_seconds": number; "version": number };

export type Tone = "formal" | "friendly";

export type Undone = { "cancelled": (string)[]; "too_late": (string)[]; "unknown": (string)[] };

export type Variant_Input = { "name": string; "price"?: number | string | null; "sku"?: string | null; "stock"?: number | null };

export type Variant_Output = { "name": string; "price"?: string | null; "sku"?: string | null; "stock"?: number | null };

export type Verdict = "auto_send" | "need_approval" | "escalate";

export type Which = { "ids": (string)[] };

export type WorkingHours = { "days"?: Record<string, Shift | null> | null; "holidays"?: (Holiday)[] };

export type api__routes__outbound__Author = { "kind": core__conversations__models__Author; "name": string | null };

export type api__routes__replays__Result = { "chosen": Point; "curve": (Point)[]; "drafts": number; "held": Record<string, number> };

export type api__routes__suggestions__Status = "drafting" | "pending" | "approved" | "edited" | "rejected" | "escalated" | "superseded" | "auto_sent" | "failed";

export type core__catalog__writing__Result = "created" | "updated" | "unchanged" | "rejected";

export type core__conversations__models__Author = "customer" | "operator" | "ai" | "owner" | "system";

export type core__tenants__models__Status = "active" | "restricted";

/** Every operation: `METHOD /path under the API's root`. */
export interface Operations {
  "GET /attachments/{id}": {
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "POST /auth/link": {
    query: undefined;
    body: Link;
    answer: Session;
  };
  "POST /auth/refresh": {
    query: undefined;
    body: Refresh;
    answer: Session;
  };
  "DELETE /auth/session": {
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "POST /auth/telegram": {
    query: undefined;
    body: undefined;
    answer: Session;
  };
  "POST /auth/tenant": {
    query: undefined;
    body: Switch;
    answer: Session;
  };
  "GET /autosend": {
    query: undefined;
    body: undefined;
    answer: Autosend;
  };
  "GET /autosend/certificates": {
    query: { "intent"?: Intent | null };
    body: undefined;
    answer: Certificates;
  };
  "GET /autosend/reviews": {
    query: undefined;
    body: undefined;
    answer: Reviews;
  };
  "POST /autosend/reviews/{id}": {
    query: undefined;
    body: Judgement;
    answer: undefined;
  };
  "DELETE /autosend/{id}/certificate": {
    query: undefined;
    body: undefined;
    answer: Certificate;
  };
  "POST /autosend/{id}/certificate": {
    query: undefined;
    body: undefined;
    answer: Certificate;
  };
  "GET /conversations": {
    query: { "status"?: ConversationStatus | null; "q"?: string | null; "mine"?: boolean; "unread"?: boolean; "channel"?: ChannelKind | null; "cursor"?: string | null; "limit"?: number };
    body: undefined;
    answer: ConversationPage;
  };
  "GET /conversations/{id}": {
    query: undefined;
    body: undefined;
    answer: ConversationDetail;
  };
  "PATCH /conversations/{id}": {
    query: undefined;
    body: ConversationChanges;
    answer: ConversationDetail;
  };
  "POST /conversations/{id}/claim": {
    query: undefined;
    body: undefined;
    answer: ConversationDetail;
  };
  "POST /conversations/{id}/escalate": {
    query: undefined;
    body: Call;
    answer: ConversationDetail;
  };
  "GET /conversations/{id}/messages": {
    query: { "before"?: string | null; "limit"?: number };
    body: undefined;
    answer: MessagePage;
  };
  "POST /conversations/{id}/messages": {
    query: undefined;
    body: NewMessage;
    answer: Outbound;
  };
  "GET /conversations/{id}/price-lookup": {
    query: undefined;
    body: undefined;
    answer: PriceLookup;
  };
  "POST /conversations/{id}/price-lookup": {
    query: undefined;
    body: undefined;
    answer: PriceLookup;
  };
  "POST /conversations/{id}/read": {
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "POST /conversations/{id}/reopen": {
    query: undefined;
    body: undefined;
    answer: ConversationDetail;
  };
  "POST /conversations/{id}/resolve": {
    query: undefined;
    body: undefined;
    answer: ConversationDetail;
  };
  "GET /documents": {
    query: { "q"?: string | null; "type"?: DocumentType | null; "category"?: string | null; "tag"?: string | null; "cursor"?: string | null; "limit"?: number };
    body: undefined;
    answer: DocumentPage;
  };
  "POST /documents": {
    query: undefined;
    body: NewDocument;
    answer: Document;
  };
  "GET /documents/labels": {
    query: undefined;
    body: undefined;
    answer: Labels;
  };
  "DELETE /documents/{id}": {
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "GET /documents/{id}": {
    query: undefined;
    body: undefined;
    answer: Document;
  };
  "PATCH /documents/{id}": {
    query: undefined;
    body: DocumentChanges;
    answer: Document;
  };
  "GET /flags": {
    query: undefined;
    body: undefined;
    answer: Flags;
  };
  "GET /imports": {
    query: { "kind"?: ImportKind | null; "cursor"?: string | null; "limit"?: number };
    body: undefined;
    answer: ImportPage;
  };
  "POST /imports": {
    query: { "kind"?: ImportKind };
    body: undefined;
    answer: Import;
  };
  "DELETE /imports/{id}": {
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "GET /imports/{id}": {
    query: undefined;
    body: undefined;
    answer: Import;
  };
  "PATCH /imports/{id}": {
    query: undefined;
    body: ImportCorrection;
    answer: Import;
  };
  "POST /imports/{id}/apply": {
    query: undefined;
    body: ImportApplication;
    answer: Import;
  };
  "GET /imports/{id}/rejects": {
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "GET /imports/{id}/rows": {
    query: { "result"?: Result_Input | null; "after"?: number; "limit"?: number };
    body: undefined;
    answer: ImportRowPage;
  };
  "GET /index": {
    query: undefined;
    body: undefined;
    answer: Index;
  };
  "POST /index/invalidate": {
    query: undefined;
    body: IndexChosen;
    answer: Index;
  };
  "GET /index/jobs": {
    query: { "state"?: "waiting" | "working" | "failed" | null; "cursor"?: string | null; "limit"?: number };
    body: undefined;
    answer: IndexJobPage;
  };
  "POST /index/recompute": {
    query: undefined;
    body: IndexRecompute;
    answer: Index;
  };
  "POST /invites": {
    query: undefined;
    body: NewInvite;
    answer: Invite;
  };
  "GET /me": {
    query: undefined;
    body: undefined;
    answer: Me;
  };
  "GET /outbound": {
    query: { "show"?: Show; "cursor"?: string | null; "limit"?: number };
    body: undefined;
    answer: QueuePage;
  };
  "POST /outbound/cancel": {
    query: undefined;
    body: Which;
    answer: Undone;
  };
  "GET /outbound/figures": {
    query: undefined;
    body: undefined;
    answer: QueueFigures;
  };
  "POST /outbound/{id}/cancel": {
    query: undefined;
    body: undefined;
    answer: Outbound;
  };
  "POST /outbound/{id}/resolve": {
    query: undefined;
    body: Doubt_Input;
    answer: Outbound;
  };
  "POST /outbound/{id}/retry": {
    query: undefined;
    body: undefined;
    answer: Outbound;
  };
  "GET /people": {
    query: undefined;
    body: undefined;
    answer: People;
  };
  "GET /products": {
    query: { "q"?: string | null; "stock"?: "in" | "out" | "unknown" | null; "priced"?: boolean | null; "cursor"?: string | null; "limit"?: number };
    body: undefined;
    answer: ProductPage;
  };
  "POST /products": {
    query: undefined;
    body: NewProduct;
    answer: Product;
  };
  "DELETE /products/{id}": {
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "GET /products/{id}": {
    query: undefined;
    body: undefined;
    answer: Product;
  };
  "PATCH /products/{id}": {
    query: undefined;
    body: ProductChanges;
    answer: Product;
  };
  "GET /replays": {
    query: undefined;
    body: undefined;
    answer: Replays;
  };
  "POST /replays": {
    query: undefined;
    body: ReplayAsked;
    answer: Replay;
  };
  "GET /replays/{id}": {
    query: undefined;
    body: undefined;
    answer: Replay;
  };
  "GET /replays/{id}/cases": {
    query: { "threshold"?: number; "limit"?: number };
    body: undefined;
    answer: Cases;
  };
  "GET /spending": {
    query: undefined;
    body: undefined;
    answer: Spending;
  };
  "PATCH /spending": {
    query: undefined;
    body: BudgetChange;
    answer: Spending;
  };
  "POST /suggestions/{id}/approve": {
    query: undefined;
    body: Approval;
    answer: Outbound;
  };
  "POST /suggestions/{id}/escalate": {
    query: undefined;
    body: Escalation;
    answer: Suggestion;
  };
  "POST /suggestions/{id}/regenerate": {
    query: undefined;
    body: Decision;
    answer: Suggestion;
  };
  "POST /suggestions/{id}/reject": {
    query: undefined;
    body: Rejection;
    answer: Suggestion;
  };
  "GET /tenant": {
    query: undefined;
    body: undefined;
    answer: TenantSettings;
  };
  "PATCH /tenant": {
    query: undefined;
    body: TenantChanges;
    answer: TenantSettings;
  };
  "GET /tenant/autosend": {
    query: undefined;
    body: undefined;
    answer: AutosendSettings;
  };
  "PATCH /tenant/autosend": {
    query: undefined;
    body: AutosendChanges;
    answer: AutosendSettings;
  };
  "GET /tenant/hours": {
    query: undefined;
    body: undefined;
    answer: WorkingHours;
  };
  "PUT /tenant/hours": {
    query: undefined;
    body: HoursGiven;
    answer: WorkingHours;
  };
  "GET /tenant/pace": {
    query: undefined;
    body: undefined;
    answer: PaceSettings;
  };
  "PATCH /tenant/pace": {
    query: undefined;
    body: PaceChanges;
    answer: PaceSettings;
  };
  "GET /tenant/policies": {
    query: undefined;
    body: undefined;
    answer: Policies;
  };
  "PATCH /tenant/policies": {
    query: undefined;
    body: PolicyChanges;
    answer: Policies;
  };
}
