import type { QueueFigures } from "../../api/types";
import { Advice, Figures } from "../../ui";
import { useSpeech } from "./words";

/** The depth of a queue is counted no further than this. */
const COUNTED = 100_000;

export function QueueState({ figures }: { figures: QueueFigures }) {
  const { t, format } = useSpeech();
  const depth = (n: number) => (n >= COUNTED ? t.many(format.whole(COUNTED)) : format.whole(n));
  const { outcomes, lateness_p50_seconds: p50, lateness_p99_seconds: p99 } = figures;
  return (
    <div className="queue-state">
      <Figures
        label={t.depth}
        figures={[
          { label: t.waiting, value: depth(figures.waiting + figures.going_out) },
          { label: t.late, value: depth(figures.late), bad: figures.late > 0 },
          { label: t.inDoubt, value: depth(figures.in_doubt), bad: figures.in_doubt > 0 },
          { label: t.parked, value: depth(figures.parked), bad: figures.parked > 0 },
        ]}
      />
      {figures.held > 0 && <Advice kind="warn">{t.held(figures.held)}</Advice>}
      <details className="queue-day">
        <summary>{t.outcomes}</summary>
        <dl>
          {(
            [
              [t.outcomeSent, outcomes.sent],
              [t.outcomeCancelled, outcomes.cancelled],
              [t.outcomeRejected, outcomes.rejected],
              [t.outcomeUnsure, outcomes.unsure],
              [t.outcomeParked, outcomes.parked],
            ] as const
          ).map(([label, n]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{format.whole(n ?? 0)}</dd>
            </div>
          ))}
        </dl>
        {p50 !== null && p99 !== null && <p>{t.latenessText(t.duration(p50), t.duration(p99))}</p>}
        {figures.late > 0 && figures.oldest_due_seconds !== null && (
          <p>{t.oldest(t.duration(figures.oldest_due_seconds))}</p>
        )}
      </details>
    </div>
  );
}
