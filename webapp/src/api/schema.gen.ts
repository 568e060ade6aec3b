// Written by `npm run types` from the OpenAPI document. Do not edit.

export type AddressForm = "vy" | "ty";

export type Alive = { "status": "ok" };

export type Approval = { "text"?: string | null; "version": number };

export type Attachment = { "file_name": string | null; "id": string; "kind": AttachmentKind; "mime": string | null; "size": number | null; "state": AttachmentState };

export type AttachmentKind = "photo" | "video" | "voice" | "video_note" | "audio" | "document" | "sticker" | "location" | "contact";

export type AttachmentState = "pending" | "stored" | "too_big" | "failed";

export type Call = { "reason": EscalateReason };

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

export type Direction = "in" | "out";

export type Doubt = { "arrived": boolean };

export type EscalateReason = "complaint" | "unusual" | "owner" | "other";

export type Escalation = { "reason": EscalateReason; "version": number };

export type FieldProblem = { "code": string; "detail": string; "field": string };

export type Flag = "AI_SUGGESTIONS_ENABLED" | "RAG_ENABLED" | "FEW_SHOT_LEARNING" | "DECISION_ENGINE_ENABLED" | "AI_AUTOSEND_ENABLED" | "HUMAN_DELAY_ENABLED" | "TELEGRAM_CHANNEL_ENABLED" | "WHATSAPP_CHANNEL_ENABLED" | "MAX_CHANNEL_ENABLED" | "TELEGRAM_BUSINESS_CHANNEL_ENABLED" | "WEB_CHAT_CHANNEL_ENABLED" | "TELEGRAM_PERSONAL_CHANNEL_ENABLED" | "WHATSAPP_PERSONAL_CHANNEL_ENABLED" | "MAX_PERSONAL_CHANNEL_ENABLED";

export type FlagState = { "enabled": boolean; "name": Flag; "source": "platform" | "tenant" | "default" };

export type Flags = { "items": (FlagState)[] };

export type Invite = { "expires_at": string; "link": string };

export type Language = "ru" | "en";

export type LastMessage = { "at": string; "direction": Direction; "text": string };

export type Link = { "token": string };

export type LookupState = "pending" | "found" | "estimated" | "not_found" | "failed";

export type Me = { "memberships": (Membership)[]; "permissions": (Permission)[]; "role": Role | null; "tenant": Store | null; "user": Reader };

export type Member = { "membership_id": string; "on_duty": boolean; "role": Role; "since": string; "user": Person };

export type Membership = { "role": Role; "tenant_id": string; "tenant_name": string };

export type Message = { "at": string; "attachments": (Attachment)[]; "author": api__routes__outbound__Author; "deleted_at": string | null; "direction": Direction; "edited_at": string | null; "id": string; "outbound": OutboundRef | null; "reply_to": Quote | null; "text": string; "versions": (MessageVersion)[] };

export type MessagePage = { "items": (Message)[]; "next_before": string | null };

export type MessageVersion = { "replaced_at": string; "text": string };

export type Mode = "learning" | "semi_auto" | "auto";

export type NewInvite = { "role": Role };

export type NewMessage = { "idempotency_key": string; "text": string };

export type Outbound = { "author": api__routes__outbound__Author; "conversation_id": string; "due_at": string; "id": string; "problem": string | null; "sent_at": string | null; "state": OutboundState; "text": string };

export type OutboundRef = { "due_at": string; "id": string; "problem": string | null; "state": OutboundState };

export type OutboundState = "scheduled" | "claimed" | "sending" | "sent" | "rejected" | "unsure" | "cancelled";

export type Part = { "name": string; "ok": boolean };

export type People = { "items": (Member)[] };

export type Permission = "VIEW_CONVERSATIONS" | "MANAGE_CONVERSATIONS" | "VIEW_CUSTOMERS" | "MANAGE_CUSTOMERS" | "DELETE_CUSTOMER_DATA" | "VIEW_ANALYTICS" | "MANAGE_PRODUCTS" | "MANAGE_KNOWLEDGE_BASE" | "MANAGE_AUTOSEND" | "MANAGE_POLICIES" | "MANAGE_TRAINING" | "EXPORT_TRAINING_DATA" | "MANAGE_CHANNELS" | "MANAGE_TENANT_SETTINGS" | "MANAGE_USERS" | "VIEW_AUDIT_LOGS";

export type Person = { "id": string; "name": string };

export type PriceLink = { "price": string | null; "site": string; "title": string; "url": string };

export type PriceLookup = { "asked": string; "condition": Condition | null; "currency": string; "expires_at": string | null; "highest": string | null; "id": string; "is_weak": boolean; "left_out": number; "links": (PriceLink)[]; "lowest": string | null; "median": string | null; "n": number; "problem": string | null; "quarter": string | null; "seen_at": string | null; "source": PriceSource | null; "state": LookupState; "three_quarters": string | null };

export type PriceSource = "listings" | "ai_estimate";

export type Problem = { "code": string; "detail": string; "field"?: string | null; "fields"?: (FieldProblem)[] | null; "params": Record<string, string | number | boolean | null>; "status": number; "title": string; "type": string };

export type Quote = { "message_id": string | null; "text": string };

export type Reader = { "id": string; "language": "ru" | "en"; "name": string };

export type Readiness = { "parts": (Part)[]; "ready": boolean };

export type Refresh = { "refresh_token": string };

export type RejectReason = "wrong" | "tone" | "missing" | "self";

export type Rejection = { "reason": RejectReason; "version": number };

export type Role = "owner" | "admin" | "operator" | "viewer" | "guest";

export type Session = { "access_expires_at": string; "access_token": string; "me": Me; "refresh_expires_at": string; "refresh_token": string };

export type Source = { "currency": string | null; "id": string; "kind": "product" | "document"; "price": string | null; "quote": string | null; "title": string };

export type Store = { "id": string; "name": string; "status": core__tenants__models__Status };

export type Suggestion = { "decided_at": string | null; "decided_by": Person | null; "failure": string | null; "id": string | null; "intent": string | null; "reasons": (string)[]; "score": number | null; "sources": (Source)[]; "status": api__routes__suggestions__Status; "text": string | null; "unbound": (string)[]; "verdict": Verdict | null; "version": number };

export type SuggestionRef = { "id": string; "intent": string | null; "score": number | null; "status": api__routes__suggestions__Status };

export type Switch = { "tenant_id": string };

export type TenantChanges = { "address_form"?: AddressForm; "currency"?: string; "default_mode"?: Mode; "language"?: Language; "name"?: string; "time_zone"?: string; "tone"?: Tone; "undo_seconds"?: number };

export type TenantSettings = { "address_form": AddressForm; "currency": string; "default_mode": Mode; "id": string; "language": Language; "name": string; "status": core__tenants__models__Status; "time_zone": string; "tone": Tone; "trial_ends_at": string; "undo_seconds": number; "version": number };

export type Tone = "formal" | "friendly";

export type Verdict = "auto_send" | "need_approval" | "escalate";

export type api__routes__outbound__Author = { "kind": core__conversations__models__Author; "name": string | null };

export type api__routes__suggestions__Status = "drafting" | "pending" | "approved" | "edited" | "rejected" | "escalated" | "superseded" | "auto_sent" | "failed";

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
  "GET /flags": {
    query: undefined;
    body: undefined;
    answer: Flags;
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
  "POST /outbound/{id}/cancel": {
    query: undefined;
    body: undefined;
    answer: Outbound;
  };
  "POST /outbound/{id}/resolve": {
    query: undefined;
    body: Doubt;
    answer: Outbound;
  };
  "GET /people": {
    query: undefined;
    body: undefined;
    answer: People;
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
}
