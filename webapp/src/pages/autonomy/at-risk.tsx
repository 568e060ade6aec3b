import { useEffect, useState } from "react";
import type { ReplayCase } from "../../api/types";
import { intentName } from "../../app/code-words";
import { useLink } from "../../app/page";
import { problemText } from "../../app/problem-text";
import { useNow } from "../../app/use-now";
import { Button, Lines, RowText, Section, Tag } from "../../ui";
import { useCases } from "./queries";
import { useSpeech } from "./words";

const REST_MS = 350;
const FIRST = 10;

/** The value once it has stopped moving. */
function useRested<T>(value: T): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), REST_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

/** Where the draft would have gone out and the person did otherwise. */
export function AtRisk(props: { replayId: string; threshold: number }) {
  const { t } = useSpeech();
  const [all, setAll] = useState(false);
  const cases = useCases(props.replayId, useRested(props.threshold));
  const items = cases.data?.items ?? [];
  const shown = all ? items : items.slice(0, FIRST);
  return (
    <Section title={t.atRisk} note={t.atRiskText}>
      {cases.isPending && <Lines count={3} label={t.loading} />}
      {cases.isError && <p className="week-foot">{problemText(t, cases.error)}</p>}
      {cases.data && items.length === 0 && <p className="case case-none">{t.noRisk}</p>}
      <ul className="ui-rows">
        {shown.map((each) => (
          <li key={each.suggestion_id}>
            <Case of={each} />
          </li>
        ))}
      </ul>
      {shown.length < items.length && (
        <div className="ui-rows-more">
          <Button onClick={() => setAll(true)}>{t.showMore}</Button>
        </div>
      )}
    </Section>
  );
}

function Case({ of }: { of: ReplayCase }) {
  const { t, format } = useSpeech();
  const now = useNow(60_000);
  const link = useLink(`/conversations/${of.conversation_id}`);
  return (
    <details className="case">
      <summary>
        <RowText
          title={of.customer}
          text={of.asked}
          note={
            <>
              <Tag mood="bad">{t.why[of.why] ?? t.unknownCode}</Tag>
              <Tag>{intentName(t, of.intent)}</Tag>
            </>
          }
          end={
            <>
              <b>{format.percent(of.score)}</b>
              <small>{format.stamp(new Date(of.at), now)}</small>
            </>
          }
        />
      </summary>
      <div className="case-body">
        <div className="said said-in">
          <b>{t.customerAsked}</b>
          <p dir="auto">{of.asked}</p>
        </div>
        <div className="said said-out">
          <b>{t.drafted}</b>
          <p dir="auto">{of.drafted}</p>
        </div>
        <div className="said said-done">
          <b>{t.answered}</b>
          <p dir="auto">{of.final ?? t.noAnswer}</p>
        </div>
        <a className="link" {...link}>
          {t.openConversation}
        </a>
      </div>
    </details>
  );
}
