import { useMemo, useState } from "react";
import type { Autosend, Replay, ReplayResult } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { usePress } from "../../app/use-press";
import { Button, Confirm, CurveSlider, Figures, Placeholder, Section } from "../../ui";
import { AtRisk } from "./at-risk";
import { useSpeech } from "./words";

const LEAST_TOP = 0.05;

/** What each threshold would have meant: move it and see, no counting anew. */
export function ReplayResultView(props: { replay: Replay; autosend: Autosend | undefined }) {
  const { t, format } = useSpeech();
  const { replay } = props;
  const result = replay.result as ReplayResult;
  const [threshold, setThreshold] = useState(replay.candidate.t_auto);
  const point = result.curve[Math.round(threshold * 100)] ?? result.chosen;
  const { curves, top } = useMemo(() => linesOf(result), [result]);
  const percent = format.percent.bind(format);
  const finished = replay.finished_at ? format.date(new Date(replay.finished_at)) : "";
  if (result.drafts === 0) {
    return <Placeholder icon="clock" title={t.replayEmptyTitle} text={t.replayEmptyText} />;
  }
  return (
    <>
      <Section title={t.replayOf(t.days(replay.days), finished)}>
        <CurveSlider
          label={t.threshold}
          text={t.thresholdText}
          value={threshold}
          min={0}
          max={1}
          step={0.01}
          shown={percent(threshold)}
          curves={[
            { name: t.curveSent, tone: "good", points: curves.sent },
            { name: t.curveWrong(percent(top)), tone: "bad", points: curves.wrong },
          ]}
          disabled={false}
          onChange={setThreshold}
        />
      </Section>
      <div className="page-gap" aria-live="polite">
        <Figures
          label={t.threshold}
          figures={[
            {
              label: t.wouldSend,
              value: t.ofDrafts(format.whole(point.sent), format.whole(result.drafts)),
            },
            {
              label: t.wouldDiffer,
              value: point.judged > 0 ? format.share(point.wrong / point.judged) : "—",
              bad: point.judged > 0 && point.low > replayLimit(props.autosend),
            },
            { label: t.hoursSaved, value: format.tenths(point.operator_hours) },
            { label: t.hoursWaiting, value: format.tenths(point.waiting_hours) },
          ]}
        />
        <p className="found">
          {point.judged > 0
            ? t.differText(
                format.whole(point.wrong),
                format.whole(point.judged),
                t.differInterval(format.share(point.low), format.share(point.high)),
              )
            : t.differUnknown}
        </p>
      </div>
      <Apply threshold={threshold} autosend={props.autosend} />
      <AtRisk replayId={replay.id} threshold={threshold} />
      <Held held={result.held} />
    </>
  );
}

const replayLimit = (autosend: Autosend | undefined): number =>
  autosend?.settings.autosend_alpha ?? 0.05;

/** Both lines on one scale of heights: what goes out of all, what differs of its own worst. */
function linesOf(result: ReplayResult) {
  const share = ({ wrong, judged }: ReplayResult["curve"][number]) =>
    judged > 0 ? wrong / judged : 0;
  const worst = Math.max(LEAST_TOP, ...result.curve.map(share));
  const top = Math.ceil(worst * 100) / 100;
  const all = Math.max(1, result.drafts);
  return {
    top,
    curves: {
      sent: result.curve.map((point) => ({ x: point.threshold, y: point.sent / all })),
      wrong: result.curve
        .filter(({ judged }) => judged > 0)
        .map((point) => ({ x: point.threshold, y: share(point) / top })),
    },
  };
}

/** Puts the threshold in force, once it was looked at. */
function Apply(props: { threshold: number; autosend: Autosend | undefined }) {
  const { t, format } = useSpeech();
  const { client } = useSignedIn();
  const [asking, setAsking] = useState(false);
  const press = usePress([["autosend"], ["tenant"]]);
  const { threshold, autosend } = props;
  const now = autosend?.settings.t_auto;
  if (now === undefined || Math.round(now * 100) === Math.round(threshold * 100)) return null;
  const percent = format.percent.bind(format);
  return (
    <div className="page-gap">
      <Button kind="main" size="l" wide onClick={() => setAsking(true)}>
        {t.setThreshold(percent(threshold))}
      </Button>
      {asking && (
        <Confirm
          title={t.setTitle}
          text={t.setText(percent(now), percent(threshold))}
          yes={t.setThreshold(percent(threshold))}
          onYes={() =>
            press
              .mutateAsync({
                run: () => client.call("PATCH /tenant/autosend", { body: { t_auto: threshold } }),
                done: t.thresholdSet,
              })
              .catch(() => {})
          }
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

/** Why the other drafts would have waited for a person, the commonest reasons first. */
function Held({ held }: { held: ReplayResult["held"] }) {
  const { t, format } = useSpeech();
  const reasons = Object.entries(held)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  if (reasons.length === 0) return null;
  return (
    <Section title={t.held}>
      <ul className="held">
        {reasons.map(([reason, count]) => (
          <li key={reason}>
            <span>{t.reason[reason] ?? t.unknownCode}</span>
            <b>{format.whole(count)}</b>
          </li>
        ))}
      </ul>
    </Section>
  );
}
