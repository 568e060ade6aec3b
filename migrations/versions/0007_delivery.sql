SET LOCAL lock_timeout = '5s';

ALTER TABLE outbound_messages
    ADD COLUMN planned_for timestamptz DEFAULT now() NOT NULL,
    ADD COLUMN failures SMALLINT DEFAULT '0' NOT NULL,
    ADD COLUMN typing_ms INTEGER DEFAULT '0' NOT NULL,
    ADD COLUMN void_at timestamptz,
    ADD COLUMN doubted_at timestamptz;
UPDATE outbound_messages SET planned_for = due_at;

ALTER TABLE outbound_messages DROP CONSTRAINT outbound_messages_state_check;
ALTER TABLE outbound_messages ADD CONSTRAINT outbound_messages_state_check CHECK (state IN ('scheduled', 'claimed', 'sending', 'sent', 'rejected', 'unsure', 'parked', 'cancelled'));

-- What is due is looked for many times a second: its index holds nothing else.
DROP INDEX outbound_messages_due_idx;
-- The order of a thread: two plans of one conversation can never take the same place in it.
ALTER TABLE outbound_messages ADD CONSTRAINT outbound_messages_tenant_id_conversation_id_seq_key UNIQUE (tenant_id, conversation_id, seq);
CREATE INDEX outbound_messages_due_idx ON outbound_messages (account_id, due_at) WHERE state = 'scheduled';
CREATE INDEX outbound_messages_held_idx ON outbound_messages (account_id) WHERE state IN ('claimed', 'sending');
CREATE INDEX outbound_messages_void_idx ON outbound_messages (account_id) WHERE state = 'scheduled' AND void_at IS NOT NULL AND doubted_at IS NULL;
CREATE INDEX outbound_messages_queue_idx ON outbound_messages (tenant_id, due_at, id) WHERE state IN ('scheduled', 'claimed', 'sending');
CREATE INDEX outbound_messages_trouble_idx ON outbound_messages (tenant_id, state, id) WHERE state IN ('unsure', 'parked');
CREATE INDEX outbound_messages_settled_idx ON outbound_messages (tenant_id, settled_at) WHERE settled_at IS NOT NULL;

-- Whoever moves an answered thread on, by whichever way, marks the replies that were to go out by
-- themselves: nobody has to look through all that wait to find them. A thread that still waits has
-- none, so the hot road of a customer's burst pays one comparison.
CREATE FUNCTION mark_void_replies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE outbound_messages SET void_at = now()
    WHERE tenant_id = NEW.tenant_id AND conversation_id = NEW.id AND state = 'scheduled'
      AND fence IS NOT NULL AND fence <> NEW.version AND void_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER conversations_mark_void_replies AFTER UPDATE OF version ON conversations
    FOR EACH ROW WHEN (OLD.version <> NEW.version AND OLD.waiting_since IS NULL)
    EXECUTE FUNCTION mark_void_replies();
