import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Conversation, Mode } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { useGo } from "../../app/leave-guard";
import { useNow } from "../../app/use-now";
import { insideTelegram } from "../../telegram";
import { Avatar, Button, Dot, IconButton, Sheet } from "../../ui";
import { showConversation } from "./queries";
import { channelName, isOpen, modeName, stateOf } from "./state-words";
import { useAct } from "./use-act";
import { useSpeech } from "./words";

const MODES: readonly Mode[] = ["learning", "semi_auto", "auto"];

export function ConversationHead(props: { conversation: Conversation; manages: boolean }) {
  const { t, format } = useSpeech();
  const { me } = useSignedIn();
  const go = useGo();
  const now = useNow(15_000);
  const [menu, setMenu] = useState(false);
  const actions = useActions(props.conversation);
  const { customer, channel, number, mode, status, assignee } = props.conversation;
  const drafting = props.conversation.suggestion?.status === "drafting";
  const state = stateOf(props.conversation, drafting, t, format, now);
  const others = assignee && assignee.id !== me.user.id ? t.assignee(assignee.name) : null;
  return (
    <header className="head">
      {!insideTelegram() && (
        <span className="head-back">
          <IconButton icon="back" label={t.back} onClick={() => go("/")} />
        </span>
      )}
      <Avatar id={customer.id} name={customer.name} size={40} />
      <div className="head-text">
        <h1>{customer.name}</h1>
        <p>
          <Dot tone={state.tone} />
          <span>
            {[state.text, channelName(channel), modeName(t, mode), others]
              .filter(Boolean)
              .join(" · ")}
          </span>
        </p>
      </div>
      {props.manages && (
        <>
          <span className="head-resolve">
            <Button size="s" busy={actions.busy} onClick={actions.toggleResolved}>
              {isOpen(status) ? t.resolve : t.reopen}
            </Button>
          </span>
          <IconButton icon="more" label={t.more} onClick={() => setMenu(true)} />
        </>
      )}
      {menu && (
        <Sheet
          title={`${customer.name}, ${t.conversationNumber(number)}`}
          onClose={() => setMenu(false)}
        >
          <Menu conversation={props.conversation} actions={actions} onDone={() => setMenu(false)} />
        </Sheet>
      )}
    </header>
  );
}

function Menu(props: {
  conversation: Conversation;
  actions: ReturnType<typeof useActions>;
  onDone: () => void;
}) {
  const { t } = useSpeech();
  const { me } = useSignedIn();
  const { conversation, actions } = props;
  const texts: Record<Mode, string> = {
    learning: t.modeLearningText,
    semi_auto: t.modeSemiAutoText,
    auto: t.modeAutoText,
  };
  const then = (act: () => void) => () => {
    props.onDone();
    act();
  };
  return (
    <>
      <fieldset className="modes">
        <legend>{t.mode}</legend>
        {MODES.map((mode) => (
          <label key={mode}>
            <input
              type="radio"
              name="mode"
              checked={conversation.mode === mode}
              disabled={actions.busy}
              onChange={() => actions.setMode(mode)}
            />
            <span>
              <b>{modeName(t, mode)}</b>
              <span>{texts[mode]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="choices">
        {conversation.assignee?.id !== me.user.id && (
          <Button size="l" wide onClick={then(actions.claim)}>
            {t.claim}
          </Button>
        )}
        <Button size="l" wide onClick={then(actions.toggleResolved)}>
          {isOpen(conversation.status) ? t.resolve : t.reopen}
        </Button>
      </div>
    </>
  );
}

function useActions(conversation: Conversation) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const act = useAct(conversation.id);
  const { id } = conversation;
  const run = (call: () => Promise<Conversation>, done?: string) =>
    act.mutate({
      run: async () => showConversation(queries, await call()),
      done,
    });
  return {
    busy: act.isPending,
    setMode: (mode: Mode) =>
      run(() => client.call("PATCH /conversations/{id}", { id, body: { mode } })),
    claim: () => run(() => client.call("POST /conversations/{id}/claim", { id }), t.claimed),
    toggleResolved: () =>
      isOpen(conversation.status)
        ? run(() => client.call("POST /conversations/{id}/resolve", { id }), t.resolved)
        : run(() => client.call("POST /conversations/{id}/reopen", { id }), t.reopened),
  };
}
