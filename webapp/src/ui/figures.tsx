import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon";
import "./lists.css";

export type Mood = "plain" | "good" | "wait" | "bad";

/** A word or two about the state of something. */
export function Tag({ mood = "plain", children }: { mood?: Mood; children: ReactNode }) {
  return <span className={`ui-tag ui-tag-${mood}`}>{children}</span>;
}

export type Figure = { label: string; value: string; bad?: boolean };

/** Figures side by side, each under its number. */
export function Figures({ label, figures }: { label: string; figures: readonly Figure[] }) {
  return (
    <dl className="ui-figures" aria-label={label}>
      {figures.map((figure) => (
        <div key={figure.label} className={figure.bad ? "ui-figure-bad" : undefined}>
          <dt>{figure.label}</dt>
          <dd>{figure.value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** How far something long has come; `total` null while nobody knows. */
export function Progress(props: {
  label: string;
  done: number;
  total: number | null;
  shown?: string;
}) {
  const { label, done, total } = props;
  return (
    <div className="ui-progress">
      <div aria-hidden="true">
        <span>{label}</span>
        <span>{props.shown}</span>
      </div>
      {total ? (
        <progress aria-label={label} value={Math.min(done, total)} max={total} />
      ) : (
        <progress aria-label={label} />
      )}
    </div>
  );
}

/** A line that stands out: what to know, what to look at, what went wrong. */
export function Advice(props: {
  kind?: "note" | "warn" | "bad";
  icon?: IconName;
  children: ReactNode;
}) {
  const { kind = "note" } = props;
  return (
    <div
      className={`ui-advice ui-advice-${kind}`}
      role={kind === "bad" ? "alert" : kind === "warn" ? "status" : undefined}
    >
      <Icon name={props.icon ?? (kind === "note" ? "bolt" : "warn")} size={20} />
      <div>{props.children}</div>
    </div>
  );
}
