import { useState } from "react";
import type { Autosend, IntentStanding } from "../../api/types";
import { intentName } from "../../app/code-words";
import { Icon, RowText, Section, Tag } from "../../ui";
import type { Mood } from "../../ui/figures";
import { IntentSheet } from "./intent-sheet";
import { type Dictionary, useSpeech } from "./words";

const MOODS: Readonly<Record<IntentStanding["state"], Mood>> = {
  on: "good",
  without_licence: "wait",
  no_licence: "plain",
  tripped: "bad",
  not_allowed: "plain",
  handoff: "plain",
};

/** What stands between this kind of question and going out by itself, in one sentence. */
export function standingWords(
  t: Dictionary,
  standing: IntentStanding,
  percent: (share: number) => string,
): string {
  switch (standing.state) {
    case "on":
      return t.intentOn(percent(standing.threshold));
    case "without_licence":
      return t.intentWithout;
    case "tripped":
      return t.intentTripped;
    case "handoff":
      return t.intentHandoff;
    case "not_allowed":
      return t.intentNotAllowed;
    case "no_licence":
      if (standing.missing > 0) return t.intentMissing(standing.missing);
      if (standing.reachable === null) return t.intentUnreachable;
      return t.intentReady(percent(standing.reachable));
  }
}

export function Intents({ autosend }: { autosend: Autosend }) {
  const { t, format } = useSpeech();
  const [open, setOpen] = useState<string | null>(null);
  const chosen = autosend.intents.find(({ intent }) => intent === open);
  return (
    <>
      <Section title={t.intents} note={t.intentsText}>
        <ul className="ui-rows">
          {autosend.intents.map((standing) => (
            <li key={standing.intent}>
              <button
                type="button"
                className="ui-row"
                aria-haspopup="dialog"
                onClick={() => setOpen(standing.intent)}
              >
                <RowText
                  title={
                    <span className="intent-name">
                      {intentName(t, standing.intent)}{" "}
                      <Tag mood={MOODS[standing.state]}>{t.intentState[standing.state]}</Tag>
                    </span>
                  }
                  text={standingWords(t, standing, format.percent.bind(format))}
                />
                <Icon name="next" size={18} />
              </button>
            </li>
          ))}
        </ul>
      </Section>
      {chosen && (
        <IntentSheet standing={chosen} settings={autosend.settings} onClose={() => setOpen(null)} />
      )}
    </>
  );
}
