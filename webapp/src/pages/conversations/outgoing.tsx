import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { serverNow } from "../../api/http";
import type { Outbound } from "../../api/types";
import { problemWords } from "../../app/code-words";
import { useSignedIn } from "../../app/context";
import { useNow } from "../../app/use-now";
import { Button, Icon } from "../../ui";
import { undeliveredWords } from "./codes";
import { refreshConversation, showOutbound } from "./queries";
import { authorName } from "./state-words";
import { useAct } from "./use-act";
import { useSpeech } from "./words";

const LATE_MS = 1_500;

/** What is on its way to the customer: stoppable while it waits, told as it is after. */
export function Outgoing({ outbound, manages }: { outbound: Outbound; manages: boolean }) {
  const { t } = useSpeech();
  return (
    <article className="bubble bubble-out bubble-first bubble-going">
      <b className="bubble-author">{authorName(t, outbound.author)}</b>
      <p className="bubble-text" dir="auto">
        {outbound.text}
      </p>
      <Fate outbound={outbound} manages={manages} />
    </article>
  );
}

function Fate({ outbound, manages }: { outbound: Outbound; manages: boolean }) {
  const { t, format } = useSpeech();
  switch (outbound.state) {
    case "scheduled":
      return <Countdown outbound={outbound} manages={manages} />;
    case "claimed":
    case "sending":
      return (
        <p className="fate" role="status">
          <Icon name="clock" size={16} />
          {t.going}
        </p>
      );
    case "unsure":
      return (
        <UnsureChoice
          outboundId={outbound.id}
          conversationId={outbound.conversation_id}
          manages={manages}
        />
      );
    case "parked":
      return (
        <ParkedChoice
          outboundId={outbound.id}
          conversationId={outbound.conversation_id}
          problem={outbound.problem}
          manages={manages}
        />
      );
    case "rejected":
      return (
        <p className="fate fate-bad" role="status">
          <Icon name="warn" size={16} />
          {undeliveredWords(t, outbound.problem)}
        </p>
      );
    case "sent":
      return (
        <p className="fate" role="status">
          {t.sentBy(
            format.clock(new Date(outbound.sent_at ?? outbound.due_at)),
            outbound.author.name,
          )}
        </p>
      );
    case "cancelled":
      return <p className="fate">{t.cancelledSend}</p>;
  }
}

function Countdown({ outbound, manages }: { outbound: Outbound; manages: boolean }) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const act = useAct(outbound.conversation_id);
  const now = useNow(250);
  const due = Date.parse(outbound.due_at);
  const left = Math.max(0, Math.ceil((due - now.getTime()) / 1000));

  // The socket tells when it went; should it be silent, look ourselves.
  useEffect(() => {
    const wait = Math.max(0, due - serverNow()) + LATE_MS;
    const timer = setTimeout(
      () => void refreshConversation(queries, outbound.conversation_id),
      wait,
    );
    return () => clearTimeout(timer);
  }, [due, outbound.conversation_id, queries]);

  const cancel = () =>
    act.mutate({
      run: async () => {
        showOutbound(queries, await client.call("POST /outbound/{id}/cancel", { id: outbound.id }));
      },
      done: t.undone,
    });
  return (
    <div className="fate">
      <Icon name="clock" size={16} />
      <span>{left > 0 ? t.goesIn(left) : t.going}</span>
      {manages && left > 0 && (
        <Button size="s" busy={act.isPending} onClick={cancel}>
          {t.undo}
        </Button>
      )}
    </div>
  );
}

/** It was refused again and again: a person sends it once more or lets it be. */
export function ParkedChoice(props: {
  outboundId: string;
  conversationId: string;
  problem: string | null;
  manages: boolean;
}) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const act = useAct(props.conversationId);
  const id = props.outboundId;
  return (
    <div className="unsure">
      <p>
        <Icon name="warn" size={18} />
        {props.problem ? t.parkedWhy(problemWords(t, props.problem)) : t.parked}
      </p>
      {props.manages && (
        <div className="unsure-choice">
          <Button
            size="s"
            kind="main"
            busy={act.isPending}
            onClick={() =>
              act.mutate({ run: () => client.call("POST /outbound/{id}/retry", { id }) })
            }
          >
            {t.sendAgain}
          </Button>
          <Button
            size="s"
            busy={act.isPending}
            onClick={() =>
              act.mutate({
                run: () => client.call("POST /outbound/{id}/cancel", { id }),
                done: t.undone,
              })
            }
          >
            {t.dontSend}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Nobody knows whether it arrived: a person looks, and says. */
export function UnsureChoice(props: {
  outboundId: string;
  conversationId: string;
  manages: boolean;
}) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const act = useAct(props.conversationId);
  const settle = (arrived: boolean) =>
    act.mutate({
      run: () =>
        client.call("POST /outbound/{id}/resolve", { id: props.outboundId, body: { arrived } }),
    });
  return (
    <div className="unsure">
      <p>
        <Icon name="warn" size={18} />
        {t.unsure}
      </p>
      {props.manages && (
        <div className="unsure-choice">
          <Button size="s" kind="main" busy={act.isPending} onClick={() => settle(true)}>
            {t.arrived}
          </Button>
          <Button size="s" busy={act.isPending} onClick={() => settle(false)}>
            {t.sendAgain}
          </Button>
        </div>
      )}
    </div>
  );
}
