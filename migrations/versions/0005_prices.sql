-- Dollars a day for looking up prices, within the store's whole budget. The default is kept in the
-- catalogue: the table is not rewritten.
ALTER TABLE tenant_settings
    ADD COLUMN price_daily_budget_usd NUMERIC(12, 4) DEFAULT '2' NOT NULL;

CREATE TABLE price_lookups (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    key TEXT NOT NULL,
    question JSONB NOT NULL,
    currency TEXT NOT NULL,
    state TEXT DEFAULT 'pending' NOT NULL,
    due_at timestamptz NOT NULL,
    expires_at timestamptz,
    source TEXT,
    condition TEXT,
    n INTEGER DEFAULT '0' NOT NULL,
    lowest NUMERIC(14, 2),
    quarter NUMERIC(14, 2),
    median NUMERIC(14, 2),
    three_quarters NUMERIC(14, 2),
    highest NUMERIC(14, 2),
    left_out INTEGER DEFAULT '0' NOT NULL,
    links JSONB DEFAULT '[]' NOT NULL,
    seen_at timestamptz,
    created_at timestamptz NOT NULL,
    lease_token UUID,
    lease_until timestamptz,
    attempts INTEGER DEFAULT '0' NOT NULL,
    problem TEXT,
    CONSTRAINT price_lookups_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT price_lookups_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT price_lookups_tenant_id_key_key UNIQUE (tenant_id, key),
    CONSTRAINT price_lookups_state_check
        CHECK (state IN ('pending', 'found', 'estimated', 'not_found', 'failed')),
    CONSTRAINT price_lookups_source_check CHECK (source IN ('listings', 'ai_estimate'))
);

CREATE INDEX price_lookups_due_idx ON price_lookups (due_at) WHERE state = 'pending';

CREATE TABLE price_requests (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    turn_id UUID NOT NULL,
    lookup_id UUID NOT NULL,
    asked_by UUID,
    asked_at timestamptz NOT NULL,
    CONSTRAINT price_requests_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT price_requests_tenant_id_turn_id_key UNIQUE (tenant_id, turn_id),
    CONSTRAINT price_requests_tenant_id_conversation_id_fkey
        FOREIGN KEY(tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
    CONSTRAINT price_requests_tenant_id_turn_id_fkey
        FOREIGN KEY(tenant_id, turn_id) REFERENCES turns (tenant_id, id),
    CONSTRAINT price_requests_tenant_id_lookup_id_fkey
        FOREIGN KEY(tenant_id, lookup_id) REFERENCES price_lookups (tenant_id, id),
    CONSTRAINT price_requests_asked_by_fkey FOREIGN KEY(asked_by) REFERENCES users (id)
);

CREATE INDEX price_requests_lookup_idx ON price_requests (tenant_id, lookup_id);

SELECT keep_tenants_apart('price_lookups');
SELECT keep_tenants_apart('price_requests');
