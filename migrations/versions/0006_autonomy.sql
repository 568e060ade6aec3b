-- What lets a reply go out by itself, and how long it waits. The release before this one reads
-- none of it: every new column has a default.

SET lock_timeout = '5s';

ALTER TABLE tenant_settings
    ADD COLUMN autosend_alpha NUMERIC(4, 3) DEFAULT '0.05' NOT NULL,
    ADD COLUMN autosend_delta NUMERIC(4, 3) DEFAULT '0.1' NOT NULL,
    ADD COLUMN licence_waived_at timestamptz,
    ADD COLUMN licence_waived_by UUID REFERENCES users (id),
    ADD COLUMN human_delay BOOLEAN DEFAULT 'true' NOT NULL,
    ADD COLUMN delay_profile TEXT DEFAULT 'medium' NOT NULL,
    ADD COLUMN typing_indicator BOOLEAN DEFAULT 'true' NOT NULL,
    ADD COLUMN night_mode TEXT DEFAULT 'delay' NOT NULL,
    ADD COLUMN night_from TEXT DEFAULT '22:00' NOT NULL,
    ADD COLUMN night_until TEXT DEFAULT '08:00' NOT NULL,
    ADD COLUMN night_multiplier NUMERIC(4, 2) DEFAULT '2' NOT NULL,
    ADD COLUMN night_text TEXT DEFAULT '' NOT NULL,
    ADD COLUMN wait_for_hours BOOLEAN DEFAULT 'false' NOT NULL,
    ADD CONSTRAINT tenant_settings_delay_profile_check CHECK (delay_profile IN ('short', 'medium', 'long')),
    ADD CONSTRAINT tenant_settings_night_mode_check CHECK (night_mode IN ('auto_reply', 'delay', 'disable'));

CREATE TABLE certificates (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    intent TEXT NOT NULL,
    alpha NUMERIC(4, 3) NOT NULL,
    delta NUMERIC(4, 3) NOT NULL,
    n INTEGER NOT NULL,
    k INTEGER NOT NULL,
    threshold NUMERIC(6, 5) NOT NULL,
    model TEXT NOT NULL,
    prompt_hash TEXT NOT NULL,
    embedder TEXT,
    issued_at timestamptz NOT NULL,
    issued_by UUID,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by UUID,
    ended_why TEXT,
    CONSTRAINT certificates_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT certificates_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT certificates_issued_by_fkey FOREIGN KEY(issued_by) REFERENCES users (id),
    CONSTRAINT certificates_ended_by_fkey FOREIGN KEY(ended_by) REFERENCES users (id),
    CONSTRAINT certificates_ended_why_check CHECK (ended_why IN ('tripped', 'withdrawn', 'replaced', 'expired', 'changed'))
);
-- One in force for each intent.
CREATE UNIQUE INDEX certificates_open_key ON certificates (tenant_id, intent) WHERE ended_at IS NULL;

CREATE TABLE breakers (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    intent TEXT NOT NULL,
    alpha NUMERIC(4, 3) NOT NULL,
    levels DOUBLE PRECISION[] NOT NULL,
    audits INTEGER DEFAULT '0' NOT NULL,
    errors INTEGER DEFAULT '0' NOT NULL,
    since timestamptz NOT NULL,
    tripped_at timestamptz,
    CONSTRAINT breakers_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT breakers_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT breakers_tenant_id_intent_key UNIQUE (tenant_id, intent)
);

CREATE TABLE reviews (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    suggestion_id UUID NOT NULL,
    version INTEGER NOT NULL,
    conversation_id UUID NOT NULL,
    intent TEXT,
    score NUMERIC(6, 5),
    first_user_id UUID,
    wanted_at timestamptz NOT NULL,
    verdict TEXT,
    judged_by UUID,
    judged_at timestamptz,
    CONSTRAINT reviews_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT reviews_tenant_id_conversation_id_fkey FOREIGN KEY(tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
    CONSTRAINT reviews_tenant_id_suggestion_id_fkey FOREIGN KEY(tenant_id, suggestion_id) REFERENCES suggestions (tenant_id, id),
    CONSTRAINT reviews_kind_check CHECK (kind IN ('second', 'autosent')),
    CONSTRAINT reviews_verdict_check CHECK (verdict IN ('good', 'bad')),
    CONSTRAINT reviews_tenant_id_kind_suggestion_id_version_key UNIQUE (tenant_id, kind, suggestion_id, version),
    CONSTRAINT reviews_first_user_id_fkey FOREIGN KEY(first_user_id) REFERENCES users (id),
    CONSTRAINT reviews_judged_by_fkey FOREIGN KEY(judged_by) REFERENCES users (id)
);
CREATE INDEX reviews_open_idx ON reviews (tenant_id, id) WHERE judged_at IS NULL;
CREATE INDEX reviews_wanted_idx ON reviews (tenant_id, kind, wanted_at);

CREATE TABLE replays (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    state TEXT DEFAULT 'queued' NOT NULL,
    days INTEGER NOT NULL,
    candidate JSONB NOT NULL,
    total INTEGER DEFAULT '0' NOT NULL,
    done INTEGER DEFAULT '0' NOT NULL,
    result JSONB,
    asked_by UUID,
    asked_at timestamptz NOT NULL,
    finished_at timestamptz,
    lease_token UUID,
    lease_until timestamptz,
    attempts INTEGER DEFAULT '0' NOT NULL,
    problem TEXT,
    CONSTRAINT replays_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT replays_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT replays_state_check CHECK (state IN ('queued', 'running', 'done', 'failed')),
    CONSTRAINT replays_asked_by_fkey FOREIGN KEY(asked_by) REFERENCES users (id)
);
CREATE INDEX replays_open_idx ON replays (asked_at) WHERE state IN ('queued', 'running');

CREATE TABLE replay_cases (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    replay_id UUID NOT NULL,
    suggestion_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    score NUMERIC(6, 5) NOT NULL,
    intent TEXT NOT NULL,
    why TEXT NOT NULL,
    CONSTRAINT replay_cases_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT replay_cases_tenant_id_replay_id_fkey FOREIGN KEY(tenant_id, replay_id) REFERENCES replays (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT replay_cases_tenant_id_conversation_id_fkey FOREIGN KEY(tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
    CONSTRAINT replay_cases_tenant_id_suggestion_id_fkey FOREIGN KEY(tenant_id, suggestion_id) REFERENCES suggestions (tenant_id, id)
);
CREATE INDEX replay_cases_replay_idx ON replay_cases (tenant_id, replay_id, score);

CREATE TABLE notices (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    chat_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    params JSONB DEFAULT '{}' NOT NULL,
    due_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    parked_at timestamptz,
    lease_token UUID,
    lease_until timestamptz,
    attempts INTEGER DEFAULT '0' NOT NULL,
    problem TEXT,
    CONSTRAINT notices_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT notices_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT notices_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id)
);
CREATE INDEX notices_due_idx ON notices (due_at) WHERE sent_at IS NULL AND parked_at IS NULL;
CREATE INDEX notices_recent_idx ON notices (tenant_id, key, created_at);

SELECT keep_tenants_apart('certificates');
SELECT keep_tenants_apart('breakers');
SELECT keep_tenants_apart('reviews');
SELECT keep_tenants_apart('replays');
SELECT keep_tenants_apart('replay_cases');
SELECT keep_tenants_apart('notices');
