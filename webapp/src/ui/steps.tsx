import "./forms.css";

/** Where a person is in something done step by step. */
export function Steps(props: { label: string; steps: readonly string[]; at: number }) {
  return (
    <ol className="ui-steps" aria-label={props.label}>
      {props.steps.map((step, index) => (
        <li
          key={step}
          aria-current={index === props.at ? "step" : undefined}
          className={index < props.at ? "ui-step-done" : undefined}
        >
          <i aria-hidden="true">{index + 1}</i>
          <span>{step}</span>
        </li>
      ))}
    </ol>
  );
}
