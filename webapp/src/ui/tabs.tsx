import type { ReactNode } from "react";

export type Tone = "waiting" | "drafting" | "answered" | "escalated" | "resolved";

/** The sign of a state; the words beside it say the same. */
export function Dot({ tone }: { tone: Tone }) {
  return <i className={`ui-dot ui-dot-${tone}`} aria-hidden="true" />;
}

type Tab<T extends string> = { value: T; label: string; count?: string };

/** One choice of a few, in a row that scrolls when it must. */
export function Tabs<T extends string>(props: {
  label: string;
  tabs: readonly Tab<T>[];
  value: T;
  onChange: (value: T) => void;
}) {
  return (
    <fieldset className="ui-tabs" aria-label={props.label}>
      {props.tabs.map((tab) => (
        <button
          type="button"
          key={tab.value}
          aria-pressed={tab.value === props.value}
          className="ui-tab"
          onClick={(event) => {
            event.currentTarget.scrollIntoView?.({ inline: "nearest", block: "nearest" });
            props.onChange(tab.value);
          }}
        >
          {tab.label}
          {tab.count && <b className="ui-count">{tab.count}</b>}
        </button>
      ))}
    </fieldset>
  );
}

/** A filter that is on or off. */
export function Chip(props: { on: boolean; onChange: (on: boolean) => void; children: ReactNode }) {
  return (
    <button
      type="button"
      className="ui-chip"
      aria-pressed={props.on}
      onClick={() => props.onChange(!props.on)}
    >
      {props.children}
    </button>
  );
}
