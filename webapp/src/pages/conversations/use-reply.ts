import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { Conversation, Outbound, Suggestion } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { problemText } from "../../app/problem-text";
import { haptic } from "../../telegram";
import { useNotify } from "../../ui";
import { newKey } from "./key";
import { refreshConversation, showOutbound } from "./queries";
import { useSpeech } from "./words";

/** The longest text one message may have in any of our messengers. */
export const LONGEST = 4096;

type Kept = {
  text: string;
  /** The draft being edited; null for a reply of one's own. */
  editing: { id: string; version: number } | null;
  /** The idempotency key and the very text it was made for. */
  attempt: { key: string; text: string } | null;
};
const NOTHING: Kept = { text: "", editing: null, attempt: null };

export type Reply = {
  text: string;
  write: (text: string) => void;
  editing: boolean;
  /** Why the draft being edited can no longer be approved. */
  overtaken: Suggestion | null;
  edit: (suggestion: Suggestion) => void;
  cancelEdit: () => void;
  send: () => void;
  sending: boolean;
  failed: string | null;
  focus: () => void;
  field: RefObject<HTMLTextAreaElement>;
};

/** What the operator is writing in one conversation; kept while they look elsewhere. */
export function useReply(id: string, conversation: Conversation | undefined): Reply {
  const { client, me } = useSignedIn();
  const { t } = useSpeech();
  const notify = useNotify();
  const queries = useQueryClient();
  const [kept, setKept] = useState<Kept>(
    () => queries.getQueryData<Kept>(["kept", "reply", id]) ?? NOTHING,
  );
  const [sending, setSending] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);

  const keep = useCallback(
    (next: Kept) => {
      setKept(next);
      queries.setQueryData(["kept", "reply", id], next);
    },
    [queries, id],
  );
  const focus = useCallback(() => field.current?.focus(), []);

  const draft = conversation?.suggestion ?? null;
  const current =
    kept.editing !== null &&
    draft?.id === kept.editing.id &&
    draft.version === kept.editing.version &&
    draft.status === "pending";
  const mineAlready =
    kept.editing !== null && draft?.id === kept.editing.id && draft.decided_by?.id === me.user.id;

  // The answer to our own approval was lost on the way, but it worked: nothing is left to send.
  useEffect(() => {
    if (mineAlready && !sending) keep(NOTHING);
  }, [mineAlready, sending, keep]);

  const send = async () => {
    const text = kept.text.trim();
    if (!text || sending || text.length > LONGEST) return;
    setSending(true);
    setFailed(null);
    try {
      let outbound: Outbound;
      if (kept.editing && current) {
        outbound = await client.call("POST /suggestions/{id}/approve", {
          id: kept.editing.id,
          body: { version: kept.editing.version, text },
        });
      } else {
        // A key belongs to a text: trying the same again can't send it twice.
        const attempt = kept.attempt?.text === text ? kept.attempt : { key: newKey(), text };
        keep({ ...kept, attempt });
        outbound = await client.call("POST /conversations/{id}/messages", {
          id,
          body: { text, idempotency_key: attempt.key },
        });
      }
      keep(NOTHING);
      haptic("success");
      showOutbound(queries, outbound);
    } catch (error) {
      haptic("error");
      setFailed(problemText(t, error));
      if (kept.editing) notify(problemText(t, error), true);
    } finally {
      setSending(false);
      void refreshConversation(queries, id);
    }
  };

  return {
    text: kept.text,
    write: (text) => {
      setFailed(null);
      keep({ ...kept, text });
    },
    editing: kept.editing !== null,
    overtaken: kept.editing !== null && !current && !mineAlready ? draft : null,
    edit: (suggestion) => {
      if (suggestion.id === null) return;
      keep({
        text: suggestion.text ?? "",
        editing: { id: suggestion.id, version: suggestion.version },
        attempt: null,
      });
      requestAnimationFrame(focus);
    },
    cancelEdit: () => {
      setFailed(null);
      keep(NOTHING);
    },
    send: () => void send(),
    sending,
    failed,
    focus,
    field,
  };
}
