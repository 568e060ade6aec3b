// Written by `npm run types` from the OpenAPI document. Do not edit.

export type ApproveIn = { "version": number; "text"?: string | null };

export type Attachment = { "id": string; "kind": "photo" | "voice" | "document" | "video" | "video_note" | "sticker" | "audio" | "location" | "contact"; "file_name": string | null; "mime": string | null; "size": number | null; "state": "pending" | "stored" | "too_big" | "failed" };

export type Author = { "kind": "customer" | "operator" | "ai" | "owner" | "system"; "name": string };

export type ChannelRef = { "id": string; "kind": string; "name": string };

export type ConversationChange = { "mode": "learning" | "semi_auto" | "auto" };

export type ConversationDetail = { "id": string; "number": number; "customer": UserRef; "channel": ChannelRef; "status": "waiting" | "active" | "escalated" | "resolved"; "mode": "learning" | "semi_auto" | "auto"; "version": number; "unread_count": number; "last_message": LastMessage | null; "waiting_since": string | null; "assignee": UserRef | null; "suggestion": Suggestion | null; "pending_outbound": Outbound | null; "episode": number };

export type ConversationPage = { "items": (ConversationSummary)[]; "next_cursor": string | null; "counts": Counts };

export type ConversationSummary = { "id": string; "number": number; "customer": UserRef; "channel": ChannelRef; "status": "waiting" | "active" | "escalated" | "resolved"; "mode": "learning" | "semi_auto" | "auto"; "version": number; "unread_count": number; "last_message": LastMessage | null; "waiting_since": string | null; "assignee": UserRef | null; "suggestion": SuggestionRef | null };

export type Counts = { "waiting": number; "active": number; "escalated": number; "resolved": number; "unread": number };

export type EscalateIn = { "version": number; "reason": "complaint" | "unusual" | "owner" | "other" };

export type FieldProblem = { "field": string; "code": string; "detail": string };

export type Flag = { "name": string; "enabled": boolean; "source": "platform" | "tenant" | "default" };

export type Flags = { "items": (Flag)[] };

export type Invite = { "link": string; "expires_at": string };

export type InviteIn = { "role": "owner" | "admin" | "operator" | "viewer" | "guest" };

export type LastMessage = { "text": string; "direction": "in" | "out"; "at": string };

export type LinkIn = { "token": string };

export type Me = { "user": MeUser; "tenant": TenantRef | null; "role": "owner" | "admin" | "operator" | "viewer" | "guest" | null; "permissions": (string)[]; "memberships": (Membership)[] };

export type MeUser = { "id": string; "name": string; "language": "ru" | "en" };

export type Membership = { "tenant_id": string; "tenant_name": string; "role": "owner" | "admin" | "operator" | "viewer" | "guest" };

export type Message = { "id": string; "direction": "in" | "out"; "author": Author; "text": string; "attachments": (Attachment)[]; "reply_to": ReplyTo | null; "at": string; "edited_at": string | null; "deleted_at": string | null; "versions": (OldVersion)[]; "outbound": MessageOutbound | null };

export type MessageIn = { "text": string; "idempotency_key": string };

export type MessageOutbound = { "id": string; "state": "scheduled" | "claimed" | "sending" | "sent" | "rejected" | "unsure" | "cancelled"; "due_at": string };

export type MessagePage = { "items": (Message)[]; "next_before": string | null };

export type OldVersion = { "text": string; "replaced_at": string };

export type Outbound = { "id": string; "conversation_id": string; "state": "scheduled" | "claimed" | "sending" | "sent" | "rejected" | "unsure" | "cancelled"; "text": string; "due_at": string; "sent_at": string | null; "author": Author; "problem": string | null };

export type OutboundResolve = { "arrived": boolean };

export type People = { "items": (Person)[] };

export type Person = { "membership_id": string; "user": UserRef; "role": "owner" | "admin" | "operator" | "viewer" | "guest"; "on_duty": boolean; "since": string };

export type Problem = { "type": string; "title": string; "status": number; "detail": string; "code": string; "params"?: Record<string, unknown>; "field"?: string | null; "fields"?: (FieldProblem)[] | null };

export type RefreshIn = { "refresh_token": string };

export type RegenerateIn = { "version": number };

export type RejectIn = { "version": number; "reason": "wrong" | "tone" | "missing" | "self" };

export type ReplyTo = { "message_id": string | null; "text": string };

export type Session = { "access_token": string; "access_expires_at": string; "refresh_token": string; "refresh_expires_at": string; "me": Me };

export type Source = { "id": string; "kind": "product" | "document"; "title": string; "price": string | null; "currency": string | null; "quote": string | null };

export type Suggestion = { "id": string; "version": number; "status": "drafting" | "pending" | "approved" | "edited" | "rejected" | "escalated" | "superseded" | "failed"; "text": string | null; "intent": string | null; "score": number | null; "verdict": "auto_send" | "need_approval" | "escalate" | null; "reasons": (string)[]; "sources": (Source)[]; "unbound": (string)[]; "failure": string | null; "decided_by": UserRef | null; "decided_at": string | null };

export type SuggestionRef = { "id": string; "status": "drafting" | "pending" | "approved" | "edited" | "rejected" | "escalated" | "superseded" | "failed"; "intent": string | null; "score": number | null };

export type TenantChange = { "name"?: string | null; "language"?: "ru" | "en" | null; "tone"?: "formal" | "friendly" | null; "address_form"?: "vy" | "ty" | null; "currency"?: string | null; "time_zone"?: string | null; "default_mode"?: "learning" | "semi_auto" | "auto" | null; "undo_seconds"?: number | null };

export type TenantIn = { "tenant_id": string };

export type TenantRef = { "id": string; "name": string; "status": string };

export type TenantSettings = { "id": string; "name": string; "status": string; "trial_ends_at": string | null; "language": "ru" | "en"; "tone": "formal" | "friendly"; "address_form": "vy" | "ty"; "currency": string; "time_zone": string; "default_mode": "learning" | "semi_auto" | "auto"; "undo_seconds": number; "version": number };

export type UserRef = { "id": string; "name": string };

/** Every operation: `METHOD /path under the API's root`. */
export interface Operations {
  "POST /auth/telegram": {
    query: undefined;
    body: undefined;
    answer: Session;
  };
  "POST /auth/link": {
    query: undefined;
    body: LinkIn;
    answer: Session;
  };
  "POST /auth/refresh": {
    query: undefined;
    body: RefreshIn;
    answer: Session;
  };
  "POST /auth/tenant": {
    query: undefined;
    body: TenantIn;
    answer: Session;
  };
  "DELETE /auth/session": {
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "GET /me": {
    query: undefined;
    body: undefined;
    answer: Me;
  };
  "GET /conversations": {
    query: { "status"?: "waiting" | "active" | "escalated" | "resolved" | null; "q"?: string | null; "mine"?: boolean; "unread"?: boolean; "channel"?: string | null; "cursor"?: string | null; "limit"?: number };
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
    body: ConversationChange;
    answer: ConversationDetail;
  };
  "GET /conversations/{id}/messages": {
    query: { "before"?: string | null; "limit"?: number };
    body: undefined;
    answer: MessagePage;
  };
  "POST /conversations/{id}/messages": {
    query: undefined;
    body: MessageIn;
    answer: Outbound;
  };
  "POST /conversations/{id}/read": {
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "POST /conversations/{id}/resolve": {
    query: undefined;
    body: undefined;
    answer: ConversationDetail;
  };
  "POST /conversations/{id}/reopen": {
    query: undefined;
    body: undefined;
    answer: ConversationDetail;
  };
  "POST /conversations/{id}/claim": {
    query: undefined;
    body: undefined;
    answer: ConversationDetail;
  };
  "POST /suggestions/{id}/approve": {
    query: undefined;
    body: ApproveIn;
    answer: Outbound;
  };
  "POST /suggestions/{id}/reject": {
    query: undefined;
    body: RejectIn;
    answer: Suggestion;
  };
  "POST /suggestions/{id}/escalate": {
    query: undefined;
    body: EscalateIn;
    answer: Suggestion;
  };
  "POST /suggestions/{id}/regenerate": {
    query: undefined;
    body: RegenerateIn;
    answer: Suggestion;
  };
  "POST /outbound/{id}/cancel": {
    query: undefined;
    body: undefined;
    answer: Outbound;
  };
  "POST /outbound/{id}/resolve": {
    query: undefined;
    body: OutboundResolve;
    answer: Outbound;
  };
  "GET /tenant": {
    query: undefined;
    body: undefined;
    answer: TenantSettings;
  };
  "PATCH /tenant": {
    query: undefined;
    body: TenantChange;
    answer: TenantSettings;
  };
  "GET /flags": {
    query: undefined;
    body: undefined;
    answer: Flags;
  };
  "GET /people": {
    query: undefined;
    body: undefined;
    answer: People;
  };
  "POST /invites": {
    query: undefined;
    body: InviteIn;
    answer: Invite;
  };
}
