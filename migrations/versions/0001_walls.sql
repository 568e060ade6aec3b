-- The walls: every table of the first release. Reviewed as SQL; later migrations suit the
-- release before them.

SET lock_timeout = '5s';

CREATE EXTENSION IF NOT EXISTS vector;

CREATE TABLE admin_actions (
    id UUID NOT NULL,
    at timestamptz NOT NULL,
    user_id UUID,
    user_name TEXT NOT NULL,
    action TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT,
    reason TEXT NOT NULL,
    before JSONB,
    CONSTRAINT admin_actions_pkey PRIMARY KEY (id)
);

CREATE TABLE operator_updates (
    bot_id BIGINT NOT NULL,
    update_id BIGINT NOT NULL,
    lane TEXT NOT NULL,
    payload TEXT NOT NULL,
    received_at timestamptz NOT NULL,
    done_at timestamptz,
    lease_token UUID,
    lease_until timestamptz,
    attempts INTEGER DEFAULT '0' NOT NULL,
    problem TEXT,
    CONSTRAINT operator_updates_pkey PRIMARY KEY (bot_id, update_id)
);

CREATE INDEX operator_updates_done_at_idx ON operator_updates (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX operator_updates_lane_idx ON operator_updates (bot_id, lane, update_id) WHERE done_at IS NULL;
CREATE INDEX operator_updates_open_idx ON operator_updates (update_id) WHERE done_at IS NULL;

CREATE TABLE tenants (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    status TEXT DEFAULT 'active' NOT NULL,
    status_changed_at timestamptz,
    status_changed_by UUID,
    trial_started_at timestamptz NOT NULL,
    trial_ends_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    conversations_opened INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT tenants_pkey PRIMARY KEY (id),
    CONSTRAINT tenants_status_check CHECK (status IN ('active', 'restricted'))
);

CREATE TABLE ai_spend (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    at timestamptz NOT NULL,
    purpose TEXT NOT NULL,
    model TEXT NOT NULL,
    about_id UUID,
    reserved_usd NUMERIC(14, 8) NOT NULL,
    settled_usd NUMERIC(14, 8),
    settled_at timestamptz,
    input_tokens INTEGER,
    output_tokens INTEGER,
    CONSTRAINT ai_spend_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT ai_spend_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT ai_spend_purpose_check CHECK (purpose IN ('draft', 'embedding', 'price_lookup', 'self_check'))
);

CREATE INDEX ai_spend_tenant_id_at_idx ON ai_spend (tenant_id, at);

CREATE TABLE attachments (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    message_id UUID NOT NULL,
    account_id UUID NOT NULL,
    position INTEGER DEFAULT '0' NOT NULL,
    kind TEXT NOT NULL,
    state TEXT DEFAULT 'pending' NOT NULL,
    external_file_id TEXT,
    file_name TEXT,
    mime TEXT,
    size BIGINT,
    seconds INTEGER,
    storage_key TEXT,
    due_at timestamptz NOT NULL,
    lease_token UUID,
    lease_until timestamptz,
    attempts INTEGER DEFAULT '0' NOT NULL,
    problem TEXT,
    CONSTRAINT attachments_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT attachments_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT attachments_kind_check CHECK (kind IN ('photo', 'video', 'voice', 'video_note', 'audio', 'document', 'sticker', 'location', 'contact')),
    CONSTRAINT attachments_state_check CHECK (state IN ('pending', 'stored', 'too_big', 'failed'))
);

CREATE INDEX attachments_due_idx ON attachments (due_at) WHERE state = 'pending';
CREATE INDEX attachments_message_idx ON attachments (tenant_id, message_id);

CREATE TABLE audit_log (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    at timestamptz NOT NULL,
    user_id UUID,
    user_name TEXT NOT NULL,
    via TEXT NOT NULL,
    action TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT,
    before JSONB,
    after JSONB,
    CONSTRAINT audit_log_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT audit_log_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE INDEX audit_log_tenant_id_at_idx ON audit_log (tenant_id, at);

CREATE TABLE channel_accounts (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    external_id TEXT NOT NULL,
    config JSONB DEFAULT '{}' NOT NULL,
    sealed_secret BYTEA,
    webhook_secret_hash BYTEA,
    state TEXT DEFAULT 'connecting' NOT NULL,
    state_reason TEXT,
    state_changed_at timestamptz NOT NULL,
    lease_owner TEXT,
    lease_fence BIGINT DEFAULT '0' NOT NULL,
    lease_until timestamptz,
    connected_at timestamptz NOT NULL,
    connected_by UUID,
    disconnected_at timestamptz,
    disconnected_by UUID,
    CONSTRAINT channel_accounts_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT channel_accounts_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT channel_accounts_kind_check CHECK (kind IN ('telegram_bot', 'telegram_business', 'telegram_personal', 'whatsapp_business', 'whatsapp_personal', 'max_bot', 'max_personal', 'web_chat')),
    CONSTRAINT channel_accounts_state_check CHECK (state IN ('disconnected', 'connecting', 'awaiting_qr', 'awaiting_code', 'awaiting_password', 'connected', 'degraded', 'logged_out', 'banned')),
    CONSTRAINT channel_accounts_id_key UNIQUE (id)
);

CREATE UNIQUE INDEX channel_accounts_external_key ON channel_accounts (kind, external_id) WHERE disconnected_at IS NULL;

CREATE TABLE chunks (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    source_kind TEXT NOT NULL,
    source_id UUID NOT NULL,
    source_version INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    body_hash BYTEA NOT NULL,
    lexemes TSVECTOR NOT NULL,
    embedding HALFVEC(512),
    embedder TEXT,
    indexed_at timestamptz,
    CONSTRAINT chunks_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT chunks_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT chunks_tenant_id_source_kind_source_id_ordinal_key UNIQUE (tenant_id, source_kind, source_id, ordinal),
    CONSTRAINT chunks_source_kind_check CHECK (source_kind IN ('document', 'product'))
)
 PARTITION BY HASH (tenant_id);

CREATE TABLE customers (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    language TEXT,
    tags TEXT[] DEFAULT '{}'::text[] NOT NULL,
    details JSONB DEFAULT '{}' NOT NULL,
    memory JSONB DEFAULT '{}' NOT NULL,
    created_at timestamptz NOT NULL,
    blocked_at timestamptz,
    blocked_by UUID,
    CONSTRAINT customers_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT customers_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE TABLE documents (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    title TEXT NOT NULL,
    type TEXT NOT NULL,
    category TEXT,
    tags TEXT[] DEFAULT '{}'::text[] NOT NULL,
    body TEXT NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT documents_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT documents_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT documents_type_check CHECK (type IN ('policy', 'faq', 'delivery', 'returns'))
);

CREATE TABLE event_receipts (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    reaction TEXT NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT event_receipts_pkey PRIMARY KEY (tenant_id, id, reaction),
    CONSTRAINT event_receipts_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE TABLE indexing_jobs (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    source_kind TEXT NOT NULL,
    source_id UUID NOT NULL,
    due_at timestamptz NOT NULL,
    parked_at timestamptz,
    lease_token UUID,
    lease_until timestamptz,
    attempts INTEGER DEFAULT '0' NOT NULL,
    problem TEXT,
    CONSTRAINT indexing_jobs_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT indexing_jobs_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT indexing_jobs_source_kind_check CHECK (source_kind IN ('document', 'product')),
    CONSTRAINT indexing_jobs_tenant_id_source_kind_source_id_key UNIQUE (tenant_id, source_kind, source_id)
);

CREATE INDEX indexing_jobs_due_at_idx ON indexing_jobs (due_at);

CREATE TABLE message_versions (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    message_id UUID NOT NULL,
    text TEXT NOT NULL,
    replaced_at timestamptz NOT NULL,
    CONSTRAINT message_versions_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT message_versions_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE INDEX message_versions_message_idx ON message_versions (tenant_id, message_id);

CREATE TABLE outbox (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    payload JSONB NOT NULL,
    at timestamptz NOT NULL,
    done_at timestamptz,
    parked_at timestamptz,
    lease_token UUID,
    lease_until timestamptz,
    attempts INTEGER DEFAULT '0' NOT NULL,
    problem TEXT,
    CONSTRAINT outbox_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT outbox_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE INDEX outbox_open_idx ON outbox (id) WHERE done_at IS NULL AND parked_at IS NULL;

CREATE TABLE products (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    sku TEXT,
    sku_key TEXT,
    name TEXT NOT NULL,
    description TEXT DEFAULT '' NOT NULL,
    price NUMERIC(14, 2),
    currency TEXT NOT NULL,
    stock INTEGER,
    delivery TEXT,
    variants JSONB DEFAULT '[]' NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT products_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT products_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT products_tenant_id_sku_key UNIQUE (tenant_id, sku)
);

CREATE INDEX products_tenant_id_sku_key_idx ON products (tenant_id, sku_key);

CREATE TABLE users (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    language TEXT DEFAULT 'ru' NOT NULL,
    time_zone TEXT,
    telegram_user_id BIGINT,
    telegram_chat_id BIGINT,
    telegram_unreachable_at timestamptz,
    email TEXT,
    current_tenant_id UUID,
    platform_admin_at timestamptz,
    platform_owner_at timestamptz,
    session_epoch INTEGER DEFAULT '1' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_telegram_user_id_key UNIQUE (telegram_user_id),
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_current_tenant_id_fkey FOREIGN KEY(current_tenant_id) REFERENCES tenants (id)
);

CREATE TABLE channel_updates (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    external_id TEXT NOT NULL,
    lane TEXT NOT NULL,
    payload TEXT NOT NULL,
    received_at timestamptz NOT NULL,
    done_at timestamptz,
    lease_token UUID,
    lease_until timestamptz,
    attempts INTEGER DEFAULT '0' NOT NULL,
    problem TEXT,
    CONSTRAINT channel_updates_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT channel_updates_tenant_id_account_id_fkey FOREIGN KEY(tenant_id, account_id) REFERENCES channel_accounts (tenant_id, id),
    CONSTRAINT channel_updates_tenant_id_account_id_external_id_key UNIQUE (tenant_id, account_id, external_id)
);

CREATE INDEX channel_updates_done_at_idx ON channel_updates (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX channel_updates_lane_idx ON channel_updates (tenant_id, account_id, lane, id) WHERE done_at IS NULL;
CREATE INDEX channel_updates_open_idx ON channel_updates (id) WHERE done_at IS NULL;

CREATE TABLE conversations (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    number INTEGER NOT NULL,
    customer_id UUID NOT NULL,
    account_id UUID NOT NULL,
    external_chat_id TEXT NOT NULL,
    status TEXT DEFAULT 'waiting' NOT NULL,
    mode TEXT DEFAULT 'learning' NOT NULL,
    version BIGINT DEFAULT '1' NOT NULL,
    episode_id UUID NOT NULL,
    turn_id UUID,
    unread_count INTEGER DEFAULT '0' NOT NULL,
    waiting_since timestamptz,
    last_message_at timestamptz NOT NULL,
    last_message_text TEXT DEFAULT '' NOT NULL,
    last_message_direction TEXT DEFAULT 'in' NOT NULL,
    assignee_id UUID,
    assigned_at timestamptz,
    snoozed_until timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT conversations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT conversations_tenant_id_customer_id_fkey FOREIGN KEY(tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT conversations_tenant_id_account_id_fkey FOREIGN KEY(tenant_id, account_id) REFERENCES channel_accounts (tenant_id, id),
    CONSTRAINT conversations_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT conversations_status_check CHECK (status IN ('waiting', 'active', 'escalated', 'resolved')),
    CONSTRAINT conversations_mode_check CHECK (mode IN ('learning', 'semi_auto', 'auto')),
    CONSTRAINT conversations_tenant_id_account_id_external_chat_id_key UNIQUE (tenant_id, account_id, external_chat_id),
    CONSTRAINT conversations_tenant_id_number_key UNIQUE (tenant_id, number),
    CONSTRAINT conversations_assignee_id_fkey FOREIGN KEY(assignee_id) REFERENCES users (id)
);

CREATE INDEX conversations_customer_idx ON conversations (tenant_id, customer_id);
CREATE INDEX conversations_list_idx ON conversations (tenant_id, status, last_message_at, id);

CREATE TABLE customer_identities (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    customer_id UUID NOT NULL,
    account_id UUID NOT NULL,
    external_user_id TEXT NOT NULL,
    username TEXT,
    unreachable_at timestamptz,
    CONSTRAINT customer_identities_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT customer_identities_tenant_id_customer_id_fkey FOREIGN KEY(tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT customer_identities_tenant_id_account_id_fkey FOREIGN KEY(tenant_id, account_id) REFERENCES channel_accounts (tenant_id, id),
    CONSTRAINT customer_identities_tenant_id_account_id_external_user_id_key UNIQUE (tenant_id, account_id, external_user_id)
);

CREATE INDEX customer_identities_tenant_id_customer_id_idx ON customer_identities (tenant_id, customer_id);

CREATE TABLE invites (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    token_hash BYTEA NOT NULL,
    role TEXT NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    used_by UUID,
    CONSTRAINT invites_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT invites_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT invites_role_check CHECK (role IN ('owner', 'admin', 'operator', 'viewer', 'guest')),
    CONSTRAINT invites_token_hash_key UNIQUE (token_hash),
    CONSTRAINT invites_created_by_fkey FOREIGN KEY(created_by) REFERENCES users (id),
    CONSTRAINT invites_used_by_fkey FOREIGN KEY(used_by) REFERENCES users (id)
);

CREATE TABLE labels (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    suggestion_id UUID NOT NULL,
    version INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    user_id UUID,
    intent TEXT,
    score NUMERIC(6, 5),
    similarity NUMERIC(6, 5),
    model TEXT,
    prompt_hash TEXT,
    embedder TEXT,
    at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    CONSTRAINT labels_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT labels_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT labels_outcome_check CHECK (outcome IN ('approved', 'edited', 'rejected', 'escalated')),
    CONSTRAINT labels_tenant_id_suggestion_id_version_key UNIQUE (tenant_id, suggestion_id, version),
    CONSTRAINT labels_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE INDEX labels_tenant_id_at_idx ON labels (tenant_id, at);

CREATE TABLE login_links (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    token_hash BYTEA NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT login_links_pkey PRIMARY KEY (id),
    CONSTRAINT login_links_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id),
    CONSTRAINT login_links_token_hash_key UNIQUE (token_hash)
);

CREATE TABLE memberships (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    role TEXT NOT NULL,
    on_duty_since timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    ended_at timestamptz,
    ended_by UUID,
    CONSTRAINT memberships_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT memberships_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT memberships_role_check CHECK (role IN ('owner', 'admin', 'operator', 'viewer', 'guest')),
    CONSTRAINT memberships_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id),
    CONSTRAINT memberships_created_by_fkey FOREIGN KEY(created_by) REFERENCES users (id),
    CONSTRAINT memberships_ended_by_fkey FOREIGN KEY(ended_by) REFERENCES users (id)
);

CREATE UNIQUE INDEX memberships_open_key ON memberships (tenant_id, user_id) WHERE ended_at IS NULL;
CREATE INDEX memberships_user_id_idx ON memberships (user_id);

CREATE TABLE message_keys (
    tenant_id UUID NOT NULL,
    account_id UUID NOT NULL,
    external_chat_id TEXT NOT NULL,
    external_message_id TEXT NOT NULL,
    message_id UUID NOT NULL,
    CONSTRAINT message_keys_pkey PRIMARY KEY (tenant_id, account_id, external_chat_id, external_message_id),
    CONSTRAINT message_keys_tenant_id_account_id_fkey FOREIGN KEY(tenant_id, account_id) REFERENCES channel_accounts (tenant_id, id)
);

CREATE INDEX message_keys_message_id_idx ON message_keys (tenant_id, message_id);

CREATE TABLE platform_flags (
    name TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by UUID,
    CONSTRAINT platform_flags_pkey PRIMARY KEY (name),
    CONSTRAINT platform_flags_changed_by_fkey FOREIGN KEY(changed_by) REFERENCES users (id)
);

CREATE TABLE sign_ins (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    tenant_id UUID,
    epoch INTEGER NOT NULL,
    access_hash BYTEA NOT NULL,
    access_expires_at timestamptz NOT NULL,
    refresh_hash BYTEA NOT NULL,
    refresh_expires_at timestamptz NOT NULL,
    previous_refresh_hash BYTEA,
    created_at timestamptz DEFAULT now() NOT NULL,
    ended_at timestamptz,
    CONSTRAINT sign_ins_pkey PRIMARY KEY (id),
    CONSTRAINT sign_ins_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id),
    CONSTRAINT sign_ins_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT sign_ins_access_hash_key UNIQUE (access_hash),
    CONSTRAINT sign_ins_refresh_hash_key UNIQUE (refresh_hash)
);

CREATE INDEX sign_ins_previous_refresh_hash_idx ON sign_ins (previous_refresh_hash);
CREATE INDEX sign_ins_user_id_idx ON sign_ins (user_id);

CREATE TABLE tenant_flags (
    tenant_id UUID NOT NULL,
    name TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by UUID,
    CONSTRAINT tenant_flags_pkey PRIMARY KEY (tenant_id, name),
    CONSTRAINT tenant_flags_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT tenant_flags_changed_by_fkey FOREIGN KEY(changed_by) REFERENCES users (id)
);

CREATE TABLE tenant_settings (
    tenant_id UUID NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    language TEXT DEFAULT 'ru' NOT NULL,
    tone TEXT DEFAULT 'friendly' NOT NULL,
    address_form TEXT DEFAULT 'vy' NOT NULL,
    currency TEXT DEFAULT 'RUB' NOT NULL,
    time_zone TEXT DEFAULT 'Europe/Moscow' NOT NULL,
    default_mode TEXT DEFAULT 'learning' NOT NULL,
    undo_seconds INTEGER DEFAULT '5' NOT NULL,
    hold_seconds INTEGER DEFAULT '30' NOT NULL,
    quiet_milliseconds INTEGER DEFAULT '1500' NOT NULL,
    t_auto NUMERIC(4, 3) DEFAULT '0.9' NOT NULL,
    t_escale NUMERIC(4, 3) DEFAULT '0.35' NOT NULL,
    autosend_allowed BOOLEAN DEFAULT 'false' NOT NULL,
    autosend_without_licence BOOLEAN DEFAULT 'false' NOT NULL,
    intents_autosend_allowed TEXT[] DEFAULT '{}'::text[] NOT NULL,
    intents_force_handoff TEXT[] DEFAULT '{}'::text[] NOT NULL,
    always_escalate_intents TEXT[] DEFAULT '{}'::text[] NOT NULL,
    forbidden_topics TEXT[] DEFAULT '{}'::text[] NOT NULL,
    disabled_learning_intents TEXT[] DEFAULT '{}'::text[] NOT NULL,
    allow_discounts BOOLEAN DEFAULT 'false' NOT NULL,
    max_discount_percent NUMERIC(5, 2) DEFAULT '0' NOT NULL,
    working_hours JSONB DEFAULT '{}' NOT NULL,
    ai_daily_budget_usd NUMERIC(12, 4) DEFAULT '5' NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by UUID,
    CONSTRAINT tenant_settings_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT tenant_settings_language_check CHECK (language IN ('ru', 'en')),
    CONSTRAINT tenant_settings_tone_check CHECK (tone IN ('formal', 'friendly')),
    CONSTRAINT tenant_settings_address_form_check CHECK (address_form IN ('vy', 'ty')),
    CONSTRAINT tenant_settings_default_mode_check CHECK (default_mode IN ('learning', 'semi_auto', 'auto')),
    CONSTRAINT tenant_settings_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT tenant_settings_changed_by_fkey FOREIGN KEY(changed_by) REFERENCES users (id)
);

CREATE TABLE cards (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    turn_id UUID NOT NULL,
    user_id UUID NOT NULL,
    chat_id BIGINT NOT NULL,
    message_id BIGINT,
    state TEXT DEFAULT 'wanted' NOT NULL,
    wanted INTEGER DEFAULT '1' NOT NULL,
    drawn INTEGER DEFAULT '0' NOT NULL,
    drawn_hash BYTEA,
    repeats INTEGER DEFAULT '0' NOT NULL,
    due_at timestamptz NOT NULL,
    view TEXT DEFAULT 'main' NOT NULL,
    created_at timestamptz NOT NULL,
    shrunk_at timestamptz,
    lease_token UUID,
    lease_until timestamptz,
    attempts INTEGER DEFAULT '0' NOT NULL,
    problem TEXT,
    CONSTRAINT cards_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT cards_tenant_id_conversation_id_fkey FOREIGN KEY(tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
    CONSTRAINT cards_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT cards_state_check CHECK (state IN ('wanted', 'sending', 'shown', 'gone')),
    CONSTRAINT cards_tenant_id_turn_id_user_id_key UNIQUE (tenant_id, turn_id, user_id),
    CONSTRAINT cards_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE INDEX cards_chat_idx ON cards (chat_id, message_id);
CREATE INDEX cards_due_idx ON cards (due_at) WHERE drawn < wanted AND state <> 'gone';
CREATE INDEX cards_tenant_id_conversation_id_idx ON cards (tenant_id, conversation_id);

CREATE TABLE episodes (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    number INTEGER NOT NULL,
    opened_at timestamptz NOT NULL,
    resolved_at timestamptz,
    resolved_by UUID,
    CONSTRAINT episodes_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT episodes_tenant_id_conversation_id_fkey FOREIGN KEY(tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
    CONSTRAINT episodes_tenant_id_conversation_id_number_key UNIQUE (tenant_id, conversation_id, number),
    CONSTRAINT episodes_resolved_by_fkey FOREIGN KEY(resolved_by) REFERENCES users (id)
);

CREATE TABLE escalations (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    suggestion_id UUID,
    reason TEXT NOT NULL,
    summary TEXT NOT NULL,
    proposed_reply TEXT,
    clarify TEXT,
    status TEXT DEFAULT 'pending' NOT NULL,
    opened_at timestamptz NOT NULL,
    opened_by UUID,
    closed_at timestamptz,
    closed_by UUID,
    CONSTRAINT escalations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT escalations_tenant_id_conversation_id_fkey FOREIGN KEY(tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
    CONSTRAINT escalations_status_check CHECK (status IN ('pending', 'handled', 'dismissed')),
    CONSTRAINT escalations_opened_by_fkey FOREIGN KEY(opened_by) REFERENCES users (id),
    CONSTRAINT escalations_closed_by_fkey FOREIGN KEY(closed_by) REFERENCES users (id)
);

CREATE UNIQUE INDEX escalations_open_key ON escalations (tenant_id, conversation_id) WHERE status = 'pending';

CREATE TABLE messages (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    episode_id UUID NOT NULL,
    turn_id UUID,
    direction TEXT NOT NULL,
    author TEXT NOT NULL,
    author_user_id UUID,
    external_message_id TEXT,
    text TEXT NOT NULL,
    reply_to_id UUID,
    reply_to_text TEXT,
    album_key TEXT,
    outbound_id UUID,
    details JSONB DEFAULT '{}' NOT NULL,
    at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    edited_at timestamptz,
    deleted_at timestamptz,
    CONSTRAINT messages_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT messages_tenant_id_conversation_id_fkey FOREIGN KEY(tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
    CONSTRAINT messages_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT messages_direction_check CHECK (direction IN ('in', 'out')),
    CONSTRAINT messages_author_check CHECK (author IN ('customer', 'operator', 'ai', 'owner', 'system'))
)
 PARTITION BY RANGE (id);

CREATE INDEX messages_thread_idx ON messages (tenant_id, conversation_id, id);

CREATE TABLE outbound_messages (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    account_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    request_key TEXT NOT NULL,
    provider_key UUID NOT NULL,
    external_chat_id TEXT NOT NULL,
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    author_user_id UUID,
    suggestion_id UUID,
    turn_id UUID,
    fence BIGINT,
    state TEXT DEFAULT 'scheduled' NOT NULL,
    due_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    external_message_id TEXT,
    message_id UUID,
    settled_at timestamptz,
    cancelled_by UUID,
    doubt_resolved_at timestamptz,
    doubt_resolved_by UUID,
    lease_token UUID,
    lease_until timestamptz,
    attempts INTEGER DEFAULT '0' NOT NULL,
    problem TEXT,
    CONSTRAINT outbound_messages_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT outbound_messages_tenant_id_conversation_id_fkey FOREIGN KEY(tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
    CONSTRAINT outbound_messages_tenant_id_account_id_fkey FOREIGN KEY(tenant_id, account_id) REFERENCES channel_accounts (tenant_id, id),
    CONSTRAINT outbound_messages_state_check CHECK (state IN ('scheduled', 'claimed', 'sending', 'sent', 'rejected', 'unsure', 'cancelled')),
    CONSTRAINT outbound_messages_tenant_id_request_key_key UNIQUE (tenant_id, request_key),
    CONSTRAINT outbound_messages_author_user_id_fkey FOREIGN KEY(author_user_id) REFERENCES users (id),
    CONSTRAINT outbound_messages_cancelled_by_fkey FOREIGN KEY(cancelled_by) REFERENCES users (id),
    CONSTRAINT outbound_messages_doubt_resolved_by_fkey FOREIGN KEY(doubt_resolved_by) REFERENCES users (id)
);

CREATE INDEX outbound_messages_due_idx ON outbound_messages (account_id, due_at) WHERE state IN ('scheduled', 'claimed', 'sending');
CREATE INDEX outbound_messages_order_idx ON outbound_messages (tenant_id, conversation_id, seq) WHERE state IN ('scheduled', 'claimed', 'sending');
CREATE UNIQUE INDEX outbound_messages_suggestion_key ON outbound_messages (tenant_id, suggestion_id) WHERE state NOT IN ('cancelled', 'rejected') AND suggestion_id IS NOT NULL;
CREATE INDEX outbound_messages_thread_idx ON outbound_messages (tenant_id, conversation_id, id);

CREATE TABLE training_samples (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    suggestion_id UUID NOT NULL,
    version INTEGER NOT NULL,
    conversation_id UUID NOT NULL,
    user_message TEXT NOT NULL,
    ai_suggestion TEXT NOT NULL,
    final_answer TEXT,
    intent TEXT,
    outcome TEXT NOT NULL,
    at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    CONSTRAINT training_samples_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT training_samples_tenant_id_conversation_id_fkey FOREIGN KEY(tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
    CONSTRAINT training_samples_outcome_check CHECK (outcome IN ('approved', 'edited', 'rejected', 'escalated')),
    CONSTRAINT training_samples_tenant_id_suggestion_id_version_key UNIQUE (tenant_id, suggestion_id, version)
);

CREATE INDEX training_samples_tenant_id_intent_idx ON training_samples (tenant_id, intent);

CREATE TABLE turns (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    episode_id UUID NOT NULL,
    number INTEGER NOT NULL,
    state TEXT DEFAULT 'quiet' NOT NULL,
    first_message_id UUID NOT NULL,
    last_message_id UUID NOT NULL,
    opened_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    drafting_since timestamptz,
    closed_at timestamptz,
    lease_token UUID,
    lease_until timestamptz,
    attempts INTEGER DEFAULT '0' NOT NULL,
    problem TEXT,
    CONSTRAINT turns_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT turns_tenant_id_conversation_id_fkey FOREIGN KEY(tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
    CONSTRAINT turns_tenant_id_episode_id_fkey FOREIGN KEY(tenant_id, episode_id) REFERENCES episodes (tenant_id, id),
    CONSTRAINT turns_state_check CHECK (state IN ('quiet', 'drafting', 'ready', 'answered', 'superseded')),
    CONSTRAINT turns_tenant_id_conversation_id_number_key UNIQUE (tenant_id, conversation_id, number)
);

CREATE INDEX turns_due_idx ON turns (due_at) WHERE state IN ('quiet', 'drafting');

CREATE TABLE suggestions (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    turn_id UUID NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    fence BIGINT NOT NULL,
    status TEXT DEFAULT 'pending' NOT NULL,
    draft TEXT DEFAULT '' NOT NULL,
    text TEXT DEFAULT '' NOT NULL,
    final_text TEXT,
    language TEXT,
    intent TEXT,
    score NUMERIC(6, 5),
    verdict TEXT,
    reasons TEXT[] DEFAULT '{}' NOT NULL,
    sources JSONB DEFAULT '[]' NOT NULL,
    facts JSONB DEFAULT '[]' NOT NULL,
    unbound TEXT[] DEFAULT '{}' NOT NULL,
    failure TEXT,
    model TEXT,
    prompt_hash TEXT,
    embedder TEXT,
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by UUID,
    decided_via TEXT,
    reason TEXT,
    editing_by UUID,
    editing_until timestamptz,
    editing_prompt_id BIGINT,
    CONSTRAINT suggestions_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT suggestions_tenant_id_conversation_id_fkey FOREIGN KEY(tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
    CONSTRAINT suggestions_tenant_id_turn_id_fkey FOREIGN KEY(tenant_id, turn_id) REFERENCES turns (tenant_id, id),
    CONSTRAINT suggestions_status_check CHECK (status IN ('pending', 'approved', 'edited', 'rejected', 'escalated', 'superseded', 'auto_sent', 'failed')),
    CONSTRAINT suggestions_decided_by_fkey FOREIGN KEY(decided_by) REFERENCES users (id),
    CONSTRAINT suggestions_editing_by_fkey FOREIGN KEY(editing_by) REFERENCES users (id)
);

CREATE UNIQUE INDEX suggestions_open_key ON suggestions (tenant_id, turn_id) WHERE status = 'pending';
CREATE INDEX suggestions_thread_idx ON suggestions (tenant_id, conversation_id, id);
CREATE INDEX suggestions_turn_idx ON suggestions (tenant_id, turn_id, id);

-- Messages by month. A default partition catches what no month has been made for yet; the
-- scheduler makes months ahead (make_message_partitions), so that it stays empty.
CREATE TABLE messages_default PARTITION OF messages DEFAULT;

CREATE FUNCTION first_uuid7_at(moment timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0')
            || '00000000000000000000')::uuid
$$;

CREATE FUNCTION make_message_partitions(from_moment timestamptz, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    opens timestamptz;
    part text;
    made integer := 0;
BEGIN
    FOR n IN 0 .. months - 1 LOOP
        opens := (date_trunc('month', from_moment AT TIME ZONE 'UTC') + make_interval(months => n))
                 AT TIME ZONE 'UTC';
        part := 'messages_' || to_char(opens AT TIME ZONE 'UTC', 'YYYY_MM');
        IF to_regclass(part) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF messages FOR VALUES FROM (%L) TO (%L)', part,
                first_uuid7_at(opens),
                first_uuid7_at(((opens AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC'));
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
            EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', part);
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END $$;

SELECT make_message_partitions(now() - interval '1 month', 5);

-- Chunks by tenant. Vectors of 512 halves fit a page, so they are stored in the row.
DO $$
BEGIN
    FOR n IN 0 .. 31 LOOP
        EXECUTE format('CREATE TABLE chunks_%s PARTITION OF chunks '
                       'FOR VALUES WITH (MODULUS 32, REMAINDER %s)', n, n);
        EXECUTE format('ALTER TABLE chunks_%s ALTER COLUMN embedding SET STORAGE PLAIN', n);
    END LOOP;
END $$;
CREATE INDEX chunks_embedding_idx ON chunks
    USING hnsw (embedding halfvec_cosine_ops) WITH (m = 16, ef_construction = 64);
CREATE INDEX chunks_lexemes_idx ON chunks USING gin (lexemes);

-- Two roles. The product connects as one that owns nothing and bypasses nothing; work across
-- tenants (claims, the relay, sign-in) takes on the other for the length of a transaction.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sales_operator_app') THEN
        CREATE ROLE sales_operator_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sales_operator_platform') THEN
        CREATE ROLE sales_operator_platform NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    GRANT sales_operator_platform TO sales_operator_app WITH INHERIT FALSE, SET TRUE;
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT sales_operator_app, sales_operator_platform TO %I', current_user);
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO sales_operator_app, sales_operator_platform;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public
    TO sales_operator_app, sales_operator_platform;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO sales_operator_app, sales_operator_platform;
REVOKE UPDATE, DELETE ON audit_log, admin_actions FROM sales_operator_app, sales_operator_platform;
REVOKE ALL ON FUNCTION make_message_partitions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_message_partitions TO sales_operator_platform;

-- Every table with a tenant is kept apart by the database itself. After a transaction the
-- setting is '' and not NULL: nullif makes both fail closed.
CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT nullif(current_setting('app.tenant_id', true), '')::uuid $$;

CREATE FUNCTION keep_tenants_apart(name regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_tenant ON %s TO sales_operator_app '
                   'USING (tenant_id = current_tenant()) '
                   'WITH CHECK (tenant_id = current_tenant())', name);
    EXECUTE format('CREATE POLICY platform ON %s TO sales_operator_platform '
                   'USING (true) WITH CHECK (true)', name);
END $$;

DO $$
DECLARE
    name regclass;
BEGIN
    FOR name IN
        SELECT c.oid::regclass FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND c.relnamespace = 'public'::regnamespace
          AND c.relname NOT IN ('sign_ins')
    LOOP
        PERFORM keep_tenants_apart(name);
    END LOOP;
    FOR name IN
        SELECT c.oid::regclass FROM pg_class c
        WHERE c.relispartition AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END $$;
CREATE POLICY own_tenant ON tenants TO sales_operator_app
    USING (id = current_tenant()) WITH CHECK (id = current_tenant());
CREATE POLICY platform ON tenants TO sales_operator_platform USING (true) WITH CHECK (true);
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
