SET LOCAL lock_timeout = '5s';

-- A chunk's words are written by the product's own analyser from now on. Those of the old one are
-- emptied and their sources queued; vectors stay, so that nothing is embedded again for this.
ALTER TABLE chunks DROP CONSTRAINT chunks_source_kind_check;
ALTER TABLE chunks ADD CONSTRAINT chunks_source_kind_check
    CHECK (source_kind IN ('document', 'product', 'answer'));
ALTER TABLE indexing_jobs DROP CONSTRAINT indexing_jobs_source_kind_check;
ALTER TABLE indexing_jobs ADD CONSTRAINT indexing_jobs_source_kind_check
    CHECK (source_kind IN ('document', 'product', 'answer'));
ALTER TABLE chunks ADD COLUMN facet SMALLINT NOT NULL DEFAULT 2,
    ADD COLUMN words INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN analyser SMALLINT NOT NULL DEFAULT 0;
UPDATE chunks SET lexemes = '', facet = CASE source_kind WHEN 'product' THEN 10 ELSE 2 END;
DROP INDEX chunks_lexemes_idx;

CREATE TABLE chunk_words (
    tenant_id UUID NOT NULL,
    word TEXT NOT NULL,
    chunk_id UUID NOT NULL,
    facet SMALLINT NOT NULL,
    in_title SMALLINT NOT NULL,
    in_body SMALLINT NOT NULL,
    length SMALLINT NOT NULL,
    CONSTRAINT chunk_words_pkey PRIMARY KEY (tenant_id, word, chunk_id)
        INCLUDE (facet, in_title, in_body, length)
)
 PARTITION BY HASH (tenant_id);
DO $$
BEGIN
    FOR n IN 0 .. 31 LOOP
        EXECUTE format('CREATE TABLE chunk_words_%s PARTITION OF chunk_words '
                       'FOR VALUES WITH (MODULUS 32, REMAINDER %s)', n, n);
    END LOOP;
END $$;

CREATE TABLE store_words (
    tenant_id UUID NOT NULL,
    word TEXT NOT NULL,
    chunks INTEGER NOT NULL,
    titles INTEGER NOT NULL,
    CONSTRAINT store_words_pkey PRIMARY KEY (tenant_id, word),
    CONSTRAINT store_words_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id)
) WITH (fillfactor = 70);

CREATE TABLE store_word_grams (
    tenant_id UUID NOT NULL,
    gram TEXT NOT NULL,
    word TEXT NOT NULL,
    CONSTRAINT store_word_grams_pkey PRIMARY KEY (tenant_id, gram, word),
    CONSTRAINT store_word_grams_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE TABLE store_index (
    tenant_id UUID NOT NULL,
    chunks INTEGER NOT NULL,
    words BIGINT NOT NULL,
    CONSTRAINT store_index_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT store_index_tenant_id_fkey FOREIGN KEY(tenant_id) REFERENCES tenants (id)
) WITH (fillfactor = 50);
INSERT INTO store_index SELECT tenant_id, count(*), 0 FROM chunks GROUP BY tenant_id;

DO $$
DECLARE
    name regclass;
BEGIN
    FOREACH name IN ARRAY ARRAY['chunk_words', 'store_words', 'store_word_grams', 'store_index']::regclass[]
    LOOP
        PERFORM keep_tenants_apart(name);
    END LOOP;
    FOR name IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'chunk_words'::regclass
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END $$;

-- After a large load the planner must know of it before autovacuum has come round.
DO $$
DECLARE
    name regclass;
BEGIN
    FOR name IN
        SELECT unnest(ARRAY['products', 'documents', 'chunks', 'chunk_words', 'store_words',
                            'store_word_grams', 'store_index']::regclass[])
        UNION ALL SELECT inhrelid::regclass FROM pg_inherits
        WHERE inhparent IN ('chunks'::regclass, 'chunk_words'::regclass)
    LOOP
        EXECUTE format('GRANT MAINTAIN ON %s TO sales_operator_platform', name);
    END LOOP;
END $$;

-- Three letters at a time, edges marked, the beginning, and the two ends with what lies between
-- left out; as `core.knowledge.words.grams`.
-- Codes (in capitals, or with a digit) have none: a part number is met exactly or not at all.
CREATE FUNCTION word_grams(word text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE at WHEN -1 THEN left(edge.d, 5)
                   WHEN 0 THEN left(edge.d, 2) || '*' || right(word, 1)
                   ELSE substr(edge.d, at, 3) END
    FROM (SELECT CASE WHEN word LIKE '~%' THEN word ELSE '<' || word END || '>') AS edge (d)
    CROSS JOIN generate_series(-1, length(edge.d) - 2) AS at
    WHERE length(word) >= 4 AND word = lower(word) AND word !~ '[0-9]{2}'
$$;

-- The words of chunks that came or went, in the transaction that wrote them, whoever wrote them.
-- The row of `store_index` is taken first: writers of one store take turns, so the counts are
-- exact and no two wait for one another's words.
CREATE FUNCTION add_chunk_words(store uuid, ids uuid[]) RETURNS void
LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO store_index AS s (tenant_id, chunks, words)
    SELECT store, count(*), coalesce(sum(words), 0) FROM chunks
    WHERE tenant_id = store AND id = ANY(ids)
    ON CONFLICT (tenant_id) DO UPDATE
        SET chunks = s.chunks + excluded.chunks, words = s.words + excluded.words;
    INSERT INTO chunk_words (tenant_id, word, chunk_id, facet, in_title, in_body, length)
    SELECT store, l.lexeme, c.id, c.facet, t.in_title, cardinality(l.weights) - t.in_title,
           least(c.words, 32767)
    FROM chunks c CROSS JOIN LATERAL unnest(c.lexemes) AS l
    CROSS JOIN LATERAL (
        SELECT cardinality(array_positions(l.weights, 'A')) AS in_title) AS t
    WHERE c.tenant_id = store AND c.id = ANY(ids)
    ORDER BY l.lexeme, c.id;
    WITH put AS (
        INSERT INTO store_words AS s (tenant_id, word, chunks, titles)
        SELECT store, l.lexeme, count(*), count(*) FILTER (WHERE 'A' = ANY(l.weights))
        FROM chunks c CROSS JOIN LATERAL unnest(c.lexemes) AS l
        WHERE c.tenant_id = store AND c.id = ANY(ids) GROUP BY l.lexeme
        ON CONFLICT (tenant_id, word) DO UPDATE
            SET chunks = s.chunks + excluded.chunks, titles = s.titles + excluded.titles
        RETURNING word, s.xmax = 0 AS is_new)
    INSERT INTO store_word_grams (tenant_id, gram, word)
    SELECT store, gram, put.word FROM put CROSS JOIN LATERAL word_grams(put.word) AS gram
    WHERE put.is_new ON CONFLICT DO NOTHING;
END $$;

CREATE FUNCTION take_chunk_words(store uuid, ids uuid[], lexemes tsvector[], total bigint)
RETURNS void LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    gone text[];
BEGIN
    UPDATE store_index SET chunks = chunks - cardinality(ids), words = words - total
    WHERE tenant_id = store;
    DELETE FROM chunk_words w USING (
        SELECT id, word FROM unnest(ids, lexemes) AS c (id, lexemes)
        CROSS JOIN LATERAL unnest(tsvector_to_array(c.lexemes)) AS word) AS old
    WHERE w.tenant_id = store AND w.word = old.word AND w.chunk_id = old.id;
    WITH less AS (
        UPDATE store_words s SET chunks = s.chunks - old.times, titles = s.titles - old.titles
        FROM (SELECT l.lexeme AS word, count(*) AS times,
                     count(*) FILTER (WHERE 'A' = ANY(l.weights)) AS titles
              FROM unnest(lexemes) AS c (lexemes) CROSS JOIN LATERAL unnest(c.lexemes) AS l
              GROUP BY l.lexeme) AS old
        WHERE s.tenant_id = store AND s.word = old.word
        RETURNING s.word, s.chunks)
    SELECT array_agg(word) INTO gone FROM less WHERE chunks <= 0;
    IF gone IS NOT NULL THEN
        DELETE FROM store_words WHERE tenant_id = store AND word = ANY(gone);
        DELETE FROM store_word_grams g USING (
            SELECT word, gram FROM unnest(gone) AS word
            CROSS JOIN LATERAL word_grams(word) AS gram) AS old
        WHERE g.tenant_id = store AND g.gram = old.gram AND g.word = old.word;
    END IF;
END $$;

CREATE FUNCTION chunks_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM add_chunk_words(tenant_id, array_agg(id)) FROM fresh GROUP BY tenant_id
    ORDER BY tenant_id;
    RETURN NULL;
END $$;

CREATE FUNCTION chunks_went() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM take_chunk_words(tenant_id, array_agg(id), array_agg(lexemes), sum(words))
    FROM gone GROUP BY tenant_id ORDER BY tenant_id;
    RETURN NULL;
END $$;

-- A new version of the same words changes nothing here.
CREATE FUNCTION chunks_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM take_chunk_words(o.tenant_id, array_agg(o.id), array_agg(o.lexemes), sum(o.words))
    FROM gone o JOIN fresh f ON f.tenant_id = o.tenant_id AND f.id = o.id
    WHERE (o.lexemes, o.facet, o.words) IS DISTINCT FROM (f.lexemes, f.facet, f.words)
    GROUP BY o.tenant_id ORDER BY o.tenant_id;
    PERFORM add_chunk_words(o.tenant_id, array_agg(o.id))
    FROM gone o JOIN fresh f ON f.tenant_id = o.tenant_id AND f.id = o.id
    WHERE (o.lexemes, o.facet, o.words) IS DISTINCT FROM (f.lexemes, f.facet, f.words)
    GROUP BY o.tenant_id ORDER BY o.tenant_id;
    RETURN NULL;
END $$;

CREATE TRIGGER words_of_new_chunks AFTER INSERT ON chunks REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION chunks_came();
CREATE TRIGGER words_of_old_chunks AFTER DELETE ON chunks REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION chunks_went();
CREATE TRIGGER words_of_changed_chunks AFTER UPDATE ON chunks
    REFERENCING OLD TABLE AS gone NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION chunks_changed();

INSERT INTO indexing_jobs (tenant_id, id, source_kind, source_id, due_at, bulk)
SELECT DISTINCT ON (tenant_id, source_kind, source_id) tenant_id, uuidv7(), source_kind, source_id,
       now(), true
FROM chunks
ON CONFLICT (tenant_id, source_kind, source_id) DO NOTHING;

-- A store made to be measured and removed (`sales-operator search-bulk`). Nobody may take lines out
-- of a real store's log; a scratch store's go with it.
ALTER TABLE tenants ADD COLUMN scratch_since timestamptz;
GRANT DELETE ON audit_log TO sales_operator_platform;
CREATE POLICY of_scratch_stores_alone ON audit_log AS RESTRICTIVE FOR DELETE
    TO sales_operator_platform USING (
        EXISTS (SELECT FROM tenants t WHERE t.id = tenant_id AND t.scratch_since IS NOT NULL));
