import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Autosend, Intent, Replay } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { Loaded } from "../../app/loaded";
import { usePress } from "../../app/use-press";
import { Advice, Button, Choices, Picker, Progress, Section } from "../../ui";
import { useAutosend, useReplay, useReplays } from "./queries";
import { ReplayResultView } from "./replay-result";
import { useIntents } from "./rules";
import { useSpeech } from "./words";

const SPANS = ["7", "30", "90"] as const;

/** The past under other settings: asked for, made by the worker, looked at here. */
export function ReplayPart() {
  const { t } = useSpeech();
  const replays = useReplays();
  const autosend = useAutosend();
  return (
    <>
      <p className="page-text page-gap">{t.replayLead}</p>
      <Loaded query={replays}>
        {({ items }) => {
          const last = items[0];
          const ready = items.find(({ state }) => state === "done");
          const going = last?.state === "queued" || last?.state === "running";
          return (
            <>
              {going && <Going replay={last} />}
              {last?.state === "failed" && (
                <div className="page-gap">
                  <Advice kind="bad">
                    <b>{t.replayFailed}</b>
                    <p>{last.problem}</p>
                  </Advice>
                </div>
              )}
              {ready && !going && <Ready key={ready.id} id={ready.id} autosend={autosend.data} />}
              {!going && autosend.data && (
                <Ask autosend={autosend.data} again={ready !== undefined} />
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function Going({ replay }: { replay: Replay }) {
  const { t, format } = useSpeech();
  const { done, total, state } = replay;
  return (
    <div className="page-stack">
      <Progress
        label={state === "queued" ? t.replayQueued : t.replayRunning}
        done={done}
        total={state === "running" && total > 0 ? total : null}
        shown={total > 0 ? t.ofDrafts(format.whole(done), format.whole(total)) : ""}
      />
      <Advice icon="clock">{t.replayLeave}</Advice>
    </div>
  );
}

function Ready({ id, autosend }: { id: string; autosend: Autosend | undefined }) {
  const replay = useReplay(id);
  return (
    <Loaded query={replay}>
      {(data) => data.result && <ReplayResultView replay={data} autosend={autosend} />}
    </Loaded>
  );
}

function Ask({ autosend, again }: { autosend: Autosend; again: boolean }) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const press = usePress<void>([["replays"]]);
  const intents = useIntents();
  const { intents_autosend_allowed: allowed, intents_force_handoff: handed } = autosend.settings;
  const [days, setDays] = useState<string>("30");
  // A store that allows nothing yet wants to see what it could allow.
  const [chosen, setChosen] = useState<Intent[]>(() =>
    allowed.length > 0
      ? allowed
      : intents.map(({ value }) => value).filter((each) => !handed.includes(each)),
  );
  const ask = () =>
    press.mutate({
      run: async () => {
        await client.call("POST /replays", {
          body: { days: Number(days), candidate: { intents_autosend_allowed: chosen } },
        });
        await queries.invalidateQueries({ queryKey: ["replays"] });
      },
    });
  return (
    <>
      <Section title={again ? t.replayAgain : t.replayStart}>
        <Picker
          label={t.replayDays}
          text={t.replayDaysText}
          value={days}
          options={SPANS.map((value) => ({ value, label: t.days(Number(value)) }))}
          disabled={press.isPending}
          onChange={setDays}
        />
        <Choices
          label={t.replayIntents}
          text={t.replayIntentsText}
          options={intents}
          value={chosen}
          disabled={press.isPending}
          onChange={setChosen}
        />
      </Section>
      <div className="page-gap">
        <Button
          kind={again ? "soft" : "main"}
          size="l"
          wide
          busy={press.isPending}
          disabled={chosen.length === 0}
          onClick={ask}
        >
          {again ? t.replayAgain : t.replayStart}
        </Button>
      </div>
    </>
  );
}
