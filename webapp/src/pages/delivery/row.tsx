import type { QueuedReply } from "../../api/types";
import { problemWords } from "../../app/code-words";
import { useSignedIn } from "../../app/context";
import { useLink } from "../../app/page";
import { useNow } from "../../app/use-now";
import { usePress } from "../../app/use-press";
import { Button, RowText, Tag } from "../../ui";
import type { Mood } from "../../ui/figures";
import { useSpeech } from "./words";

const MOODS: Readonly<Record<QueuedReply["state"], Mood>> = {
  scheduled: "plain",
  claimed: "wait",
  sending: "wait",
  sent: "good",
  rejected: "bad",
  unsure: "wait",
  parked: "bad",
  cancelled: "plain",
};

type Props = {
  reply: QueuedReply;
  /** Null: nothing is being chosen, or this one cannot be. */
  selected: boolean | null;
  onToggle: () => void;
};

/** One reply on its way: to whom, when, what holds it, and what can be done. */
export function QueuedRow({ reply, selected, onToggle }: Props) {
  const { t } = useSpeech();
  if (selected !== null) {
    return (
      <label className="ui-row queued-choice">
        <input
          type="checkbox"
          checked={selected}
          aria-label={t.selectThis(reply.customer.name)}
          onChange={onToggle}
        />
        <Summary reply={reply} />
      </label>
    );
  }
  return (
    <details className="queued">
      <summary className="ui-row">
        <Summary reply={reply} />
      </summary>
      <div className="queued-body">
        <p className="queued-text" dir="auto">
          {reply.text}
        </p>
        {reply.state === "unsure" && <p className="hint">{t.unsureText}</p>}
        <Actions reply={reply} />
      </div>
    </details>
  );
}

function Summary({ reply }: { reply: QueuedReply }) {
  const { t, format } = useSpeech();
  const now = useNow(10_000);
  const { state, customer, conversation } = reply;
  const settled = reply.settled_at ?? null;
  const when = (at: Date) => (at > now ? format.clock(at) : format.stamp(at, now));
  const late = reply.late_seconds > 10 && !settled;
  const why = reply.waits_for ?? (reply.problem && problemWords(t, reply.problem));
  return (
    <RowText
      title={t.to(customer.name, conversation.number)}
      text={reply.text.slice(0, 90)}
      note={
        <>
          <Tag mood={MOODS[state]}>{t.state[state]}</Tag>
          {reply.automatic && <Tag>{t.automatic}</Tag>}
          {late && <Tag mood="bad">{t.lateBy(t.duration(reply.late_seconds))}</Tag>}
          {reply.attempts > 1 && <span className="hint">{t.attempts(reply.attempts)}</span>}
          {why && <span className="queued-why">{why}</span>}
        </>
      }
      end={<small>{when(new Date(settled ?? reply.due_at))}</small>}
    />
  );
}

function Actions({ reply }: { reply: QueuedReply }) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const press = usePress([["outbound"], ["conversation", reply.conversation.id]]);
  const link = useLink(`/conversations/${reply.conversation.id}`);
  const { id } = reply;
  const run = (act: () => Promise<unknown>, done: string) => press.mutate({ run: act, done });
  return (
    <div className="page-buttons">
      {reply.can_resolve && (
        <Button
          kind="main"
          size="s"
          busy={press.isPending}
          onClick={() =>
            run(
              () => client.call("POST /outbound/{id}/resolve", { id, body: { arrived: true } }),
              t.settled,
            )
          }
        >
          {t.arrived}
        </Button>
      )}
      {reply.can_resolve && (
        <Button
          size="s"
          busy={press.isPending}
          onClick={() =>
            run(
              () => client.call("POST /outbound/{id}/resolve", { id, body: { arrived: false } }),
              t.retried,
            )
          }
        >
          {t.retryOne}
        </Button>
      )}
      {reply.can_retry && (
        <Button
          kind="main"
          size="s"
          busy={press.isPending}
          onClick={() => run(() => client.call("POST /outbound/{id}/retry", { id }), t.retried)}
        >
          {t.retryOne}
        </Button>
      )}
      {reply.can_cancel && (
        <Button
          size="s"
          danger
          busy={press.isPending}
          onClick={() => run(() => client.call("POST /outbound/{id}/cancel", { id }), t.cancelled)}
        >
          {t.cancelOne}
        </Button>
      )}
      <a className="link queued-link" {...link}>
        {t.openConversation}
      </a>
    </div>
  );
}
