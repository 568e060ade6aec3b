-- Imports of documents and products; a fair indexing queue; lists by their last change.
SET LOCAL lock_timeout = '3s';

ALTER TABLE indexing_jobs ADD COLUMN bulk BOOLEAN DEFAULT false NOT NULL;
CREATE INDEX indexing_jobs_fair_idx ON indexing_jobs (tenant_id, bulk, due_at)
    WHERE parked_at IS NULL;
DROP INDEX indexing_jobs_due_at_idx;

CREATE INDEX documents_changed_idx ON documents (tenant_id, changed_at DESC, id DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX products_changed_idx ON products (tenant_id, changed_at DESC, id DESC)
    WHERE deleted_at IS NULL;

CREATE TABLE imports (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    format TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_size BIGINT NOT NULL,
    storage_key TEXT,
    wishes JSONB DEFAULT '{}' NOT NULL,
    found JSONB,
    take_good_rows BOOLEAN DEFAULT false NOT NULL,
    total INTEGER DEFAULT '0' NOT NULL,
    done INTEGER DEFAULT '0' NOT NULL,
    created INTEGER DEFAULT '0' NOT NULL,
    updated INTEGER DEFAULT '0' NOT NULL,
    unchanged INTEGER DEFAULT '0' NOT NULL,
    rejected INTEGER DEFAULT '0' NOT NULL,
    reason JSONB,
    created_at timestamptz NOT NULL,
    created_by UUID,
    created_by_name TEXT NOT NULL,
    applied_by UUID,
    applied_by_name TEXT,
    due_at timestamptz NOT NULL,
    finished_at timestamptz,
    lease_token UUID,
    lease_until timestamptz,
    attempts INTEGER DEFAULT '0' NOT NULL,
    problem TEXT,
    CONSTRAINT imports_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT imports_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT imports_kind_check CHECK (kind IN ('documents', 'products')),
    CONSTRAINT imports_state_check CHECK (state IN ('uploaded', 'previewed', 'applying', 'done', 'failed', 'cancelled'))
);
CREATE INDEX imports_due_idx ON imports (due_at) WHERE state IN ('uploaded', 'applying');
CREATE INDEX imports_finished_idx ON imports (finished_at) WHERE storage_key IS NOT NULL;

CREATE TABLE import_rows (
    tenant_id UUID NOT NULL,
    import_id UUID NOT NULL,
    number INTEGER NOT NULL,
    result TEXT NOT NULL,
    sku TEXT,
    name TEXT,
    source_id UUID,
    reason JSONB,
    notes JSONB DEFAULT '[]' NOT NULL,
    cells TEXT[],
    CONSTRAINT import_rows_pkey PRIMARY KEY (tenant_id, import_id, number),
    CONSTRAINT import_rows_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id),
    CONSTRAINT import_rows_tenant_id_import_id_fkey FOREIGN KEY(tenant_id, import_id) REFERENCES imports (tenant_id, id) ON DELETE CASCADE
);

SELECT keep_tenants_apart('imports'), keep_tenants_apart('import_rows');
