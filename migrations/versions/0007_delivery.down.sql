SET LOCAL lock_timeout = '5s';

DROP TRIGGER conversations_mark_void_replies ON conversations;
DROP FUNCTION mark_void_replies();
ALTER TABLE outbound_messages DROP CONSTRAINT outbound_messages_tenant_id_conversation_id_seq_key;
DROP INDEX outbound_messages_settled_idx, outbound_messages_trouble_idx, outbound_messages_queue_idx,
    outbound_messages_void_idx, outbound_messages_held_idx, outbound_messages_due_idx;
CREATE INDEX outbound_messages_due_idx ON outbound_messages (account_id, due_at) WHERE state IN ('scheduled', 'claimed', 'sending');
UPDATE outbound_messages SET state = 'unsure' WHERE state = 'parked';
ALTER TABLE outbound_messages DROP CONSTRAINT outbound_messages_state_check;
ALTER TABLE outbound_messages ADD CONSTRAINT outbound_messages_state_check CHECK (state IN ('scheduled', 'claimed', 'sending', 'sent', 'rejected', 'unsure', 'cancelled'));
ALTER TABLE outbound_messages DROP COLUMN planned_for, DROP COLUMN failures, DROP COLUMN typing_ms, DROP COLUMN void_at,
    DROP COLUMN doubted_at;
