import { type ReactNode, useId } from "react";

/** A titled group of rows. */
export function Section(props: { title: string; note?: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className="ui-section" aria-labelledby={id}>
      <h2 id={id}>{props.title}</h2>
      <div className="ui-section-body">{props.children}</div>
      {props.note && <p className="ui-section-note">{props.note}</p>}
    </section>
  );
}
