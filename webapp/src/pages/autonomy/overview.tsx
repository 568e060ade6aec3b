import type { Autosend } from "../../api/types";
import { intentName } from "../../app/code-words";
import { Loaded } from "../../app/loaded";
import { Advice, Icon, Section } from "../../ui";
import { Intents } from "./intents";
import { useAutosend } from "./queries";
import { AutosendForm } from "./settings-form";
import { useSpeech } from "./words";

export function OverviewPart() {
  const autosend = useAutosend();
  return (
    <Loaded query={autosend}>
      {(data) => (
        <>
          <State autosend={data} />
          <Locks locks={data.locks} />
          <Intents autosend={data} />
          <AutosendForm saved={data.settings} />
        </>
      )}
    </Loaded>
  );
}

/** In one line: does anything go out by itself now, and what. */
function State({ autosend }: { autosend: Autosend }) {
  const { t } = useSpeech();
  const open = Object.values(autosend.locks).every(Boolean);
  const going = autosend.intents.filter(
    ({ state }) => state === "on" || state === "without_licence",
  );
  const names = going.map(({ intent }) => intentName(t, intent)).join(", ");
  const on = open && going.length > 0;
  const text = on ? t.stateOnText(names) : open ? t.stateNoIntents : t.stateOffText;
  return (
    <div className="page-gap">
      <Advice kind={on && autosend.without_licence ? "warn" : "note"} icon={on ? "bolt" : "lock"}>
        <b>{on ? t.stateOn : t.stateOff}</b>
        <p>{text}</p>
        {on && autosend.without_licence && <p>{t.intentWithout}</p>}
      </Advice>
    </div>
  );
}

const ORDER = ["engine_on", "autosend_on", "store_allows", "store_active", "subscribed"] as const;

function Locks({ locks }: { locks: Autosend["locks"] }) {
  const { t } = useSpeech();
  return (
    <Section title={t.locks} note={t.locksText}>
      <ul className="locks">
        {ORDER.map((name) => (
          <li key={name} className={locks[name] ? "lock-open" : "lock-shut"}>
            <Icon name={locks[name] ? "check" : "lock"} size={20} />
            <span>
              <b>{t.lock[name]}</b>
              {!locks[name] && <span>{t.lockHow[name]}</span>}
            </span>
            <span className="lock-state">{locks[name] ? t.lockOpen : t.lockShut}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
