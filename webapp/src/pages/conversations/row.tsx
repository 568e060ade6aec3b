import type { ConversationSummary } from "../../api/types";
import { intentName } from "../../app/code-words";
import { useGo } from "../../app/leave-guard";
import { Avatar, Dot } from "../../ui";
import { channelName, stateOf } from "./state-words";
import { useSpeech } from "./words";

type Props = { conversation: ConversationSummary; now: Date; open: boolean };

/** One conversation in the list: who, their last words, and what it waits for. */
export function Row({ conversation, now, open }: Props) {
  const { t, format } = useSpeech();
  const go = useGo();
  const { customer, last_message: last, suggestion, unread_count: unread } = conversation;
  const state = stateOf(conversation, suggestion?.status === "drafting", t, format, now);
  const path = `/conversations/${conversation.id}`;
  return (
    <a
      className="row"
      href={`/app${path}`}
      aria-current={open ? "true" : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey) return;
        event.preventDefault();
        go(path);
      }}
    >
      <Avatar id={customer.id} name={customer.name} />
      <span className="row-text">
        <span className="row-top">
          <b className="row-name">{customer.name}</b>
          {last && (
            <time className="row-time" dateTime={last.at}>
              {format.stamp(new Date(last.at), now)}
            </time>
          )}
        </span>
        <span className="row-middle">
          <span className="row-last">
            {last?.direction === "out" && <em>{t.you}: </em>}
            {last && (last.text || t.noText)}
          </span>
          {unread > 0 && (
            <b className="ui-count ui-count-loud">
              {format.count(unread)}
              <span className="ui-hidden">{t.unread(unread)}</span>
            </b>
          )}
        </span>
        <span className="row-state">
          <Dot tone={state.tone} />
          <span className="row-what">
            {state.text}
            <DraftNote suggestion={suggestion} />
          </span>
          <span className="row-channel">{channelName(conversation.channel)}</span>
        </span>
      </span>
    </a>
  );
}

function DraftNote({ suggestion }: { suggestion: ConversationSummary["suggestion"] }) {
  const { t, format } = useSpeech();
  if (suggestion?.status === "drafting") return <> · {t.stateDrafting.toLowerCase()}</>;
  if (suggestion?.status !== "pending") return null;
  const intent = intentName(t, suggestion.intent) ?? t.stateDraftReady.toLowerCase();
  return (
    <span className="row-draft">
      {" · "}
      {intent}
      {suggestion.score !== null && ` ${format.percent(suggestion.score)}`}
    </span>
  );
}
