import { useId } from "react";
import "./forms.css";

/** Something that is on or off, with what follows from it. */
export function Switch(props: {
  label: string;
  text: string;
  on: boolean;
  disabled: boolean;
  problem?: string | undefined;
  onChange: (on: boolean) => void;
}) {
  const id = useId();
  return (
    <div className={`ui-switch${props.problem ? " ui-field-bad" : ""}`}>
      <label htmlFor={id}>
        <b>{props.label}</b>
        <span id={`${id}-n`} role={props.problem ? "alert" : undefined}>
          {props.problem ?? props.text}
        </span>
      </label>
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-checked={props.on}
        aria-describedby={`${id}-n`}
        checked={props.on}
        disabled={props.disabled}
        onChange={(event) => props.onChange(event.target.checked)}
      />
    </div>
  );
}

/** Several of a few, each on or off. */
export function Choices<T extends string>(props: {
  label: string;
  text: string;
  problem?: string | undefined;
  options: readonly { value: T; label: string; off?: boolean }[];
  value: readonly T[];
  disabled: boolean;
  onChange: (value: T[]) => void;
}) {
  const id = useId();
  const toggle = (value: T, on: boolean) =>
    props.onChange(on ? [...props.value, value] : props.value.filter((each) => each !== value));
  return (
    <fieldset
      className={`ui-field${props.problem ? " ui-field-bad" : ""}`}
      disabled={props.disabled}
      aria-describedby={`${id}-n`}
    >
      <legend>{props.label}</legend>
      <div className="ui-choices">
        {props.options.map((option) => (
          <label key={option.value}>
            <input
              type="checkbox"
              checked={props.value.includes(option.value)}
              disabled={option.off}
              onChange={(event) => toggle(option.value, event.target.checked)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
      <p id={`${id}-n`} role={props.problem ? "alert" : undefined}>
        {props.problem ?? props.text}
      </p>
    </fieldset>
  );
}
