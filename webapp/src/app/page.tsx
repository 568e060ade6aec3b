import { type MouseEvent, type ReactNode, useEffect, useRef } from "react";
import { useSpeech } from "../i18n";
import { insideTelegram } from "../telegram";
import { IconButton } from "../ui";
import { useGo } from "./leave-guard";
import "./page.css";

/** A page of one column: its name, what can be done with it, and the way up. */
export function Page(props: {
  title: string;
  text?: ReactNode;
  /** Where the way up leads; Telegram has a button of its own for it. */
  up?: string;
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  const { t } = useSpeech();
  const go = useGo();
  const { up } = props;
  return (
    <div className="page">
      <div className={`page-column${props.wide ? " page-wide" : ""}`}>
        <header className="page-head">
          {up !== undefined && !insideTelegram() && (
            <IconButton icon="back" label={t.back} onClick={() => go(up)} />
          )}
          <h1>{props.title}</h1>
          {props.actions}
        </header>
        {props.text && <p className="page-text">{props.text}</p>}
        {props.children}
      </div>
    </div>
  );
}

/** Goes to a route of the app; with Ctrl or Cmd it is a link like any other. */
export function useLink(to: string) {
  const go = useGo();
  return {
    href: `/app${to}`,
    onClick: (event: MouseEvent) => {
      if (event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      go(to);
    },
  };
}

export function RowLink(props: { to: string; children: ReactNode }) {
  const link = useLink(props.to);
  return (
    <a className="ui-row" {...link}>
      {props.children}
    </a>
  );
}

/** The parts of a place, each an address of its own. */
export function PartTabs(props: {
  label: string;
  at: string;
  parts: readonly { to: string; label: string; count?: string | undefined }[];
}) {
  const said = props.parts.map((part) => `${part.label} ${part.count ?? ""}`).join();
  return (
    <nav className="ui-tabs page-tabs" aria-label={props.label}>
      {props.parts.map((part) => (
        <PartTab key={part.to} {...part} current={part.to === props.at} among={said} />
      ))}
    </nav>
  );
}

function PartTab(props: {
  to: string;
  label: string;
  count?: string | undefined;
  current: boolean;
  /** What all of them say: a count that comes later moves the others. */
  among: string;
}) {
  const link = useLink(props.to);
  const tab = useRef<HTMLAnchorElement>(null);
  const { current, among } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: anew when the tabs beside it grow
  useEffect(() => {
    if (current) tab.current?.scrollIntoView?.({ inline: "nearest", block: "nearest" });
  }, [current, among]);
  return (
    <a ref={tab} className="ui-tab" aria-current={current ? "page" : undefined} {...link}>
      {props.label}
      {props.count && <b className="ui-count">{props.count}</b>}
    </a>
  );
}
