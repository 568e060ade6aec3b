SET LOCAL lock_timeout = '5s';

ALTER TABLE suggestions ADD COLUMN doubts JSONB DEFAULT '[]' NOT NULL;

ALTER TABLE ai_spend ADD COLUMN day DATE;
ALTER TABLE ai_spend DROP CONSTRAINT ai_spend_purpose_check;
ALTER TABLE ai_spend ADD CONSTRAINT ai_spend_purpose_check CHECK (purpose IN ('draft', 'embedding', 'price_lookup', 'self_check', 'rerank'));

-- What a store has spent in a day of its own, kept as a sum: a call asks one row whether there is
-- money left for it.
CREATE TABLE ai_days (
    tenant_id UUID NOT NULL,
    day DATE NOT NULL,
    spent_usd NUMERIC(14, 8) DEFAULT '0' NOT NULL,
    calls INTEGER DEFAULT '0' NOT NULL,
    refused INTEGER DEFAULT '0' NOT NULL,
    spent_out_at timestamptz,
    CONSTRAINT ai_days_pkey PRIMARY KEY (tenant_id, day),
    CONSTRAINT ai_days_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);
SELECT keep_tenants_apart('ai_days');
INSERT INTO ai_days (tenant_id, day, spent_usd, calls)
SELECT a.tenant_id, (a.at AT TIME ZONE s.time_zone)::date,
       sum(coalesce(a.settled_usd, a.reserved_usd)), count(*)
FROM ai_spend a JOIN tenant_settings s ON s.tenant_id = a.tenant_id
WHERE a.at > now() - interval '2 days'
GROUP BY 1, 2;
UPDATE ai_spend a SET day = (a.at AT TIME ZONE s.time_zone)::date
FROM tenant_settings s WHERE s.tenant_id = a.tenant_id AND a.at > now() - interval '2 days';

-- Links, phones and cards that a person of the store has sent: others never leave by themselves.
CREATE TABLE known_contacts (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    at timestamptz NOT NULL,
    suggestion_id UUID,
    CONSTRAINT known_contacts_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT known_contacts_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT known_contacts_tenant_id_kind_key_key UNIQUE (tenant_id, kind, key)
);
SELECT keep_tenants_apart('known_contacts');

-- Questions of samples by their letters: similar ones are found without asking a model.
ALTER TABLE training_samples
    ADD COLUMN question halfvec(512),
    ADD COLUMN question_hash BYTEA,
    ADD COLUMN support INTEGER DEFAULT '1' NOT NULL;
ALTER TABLE training_samples ALTER COLUMN question SET STORAGE PLAIN;
CREATE INDEX training_samples_twin_idx ON training_samples (tenant_id, question_hash) WHERE question_hash IS NOT NULL;
