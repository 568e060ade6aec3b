import { Input, Select } from "@telegram-apps/telegram-ui";
import { type ReactNode, useId } from "react";

type Labelled = { label: string; text: string; problem?: string | undefined };

/** A row of a form: its name, the control, and what follows from it or what is wrong with it. */
export function Field(props: Labelled & { children: (ids: FieldIds) => ReactNode }) {
  const id = useId();
  const ids = { control: `${id}-c`, note: `${id}-n` };
  return (
    <div className={`ui-field${props.problem ? " ui-field-bad" : ""}`}>
      <label htmlFor={ids.control}>{props.label}</label>
      {props.children(ids)}
      <p id={ids.note} role={props.problem ? "alert" : undefined}>
        {props.problem ?? props.text}
      </p>
    </div>
  );
}

type FieldIds = { control: string; note: string };

export function TextField(
  props: Labelled & {
    value: string;
    disabled: boolean;
    max: number;
    onChange: (v: string) => void;
  },
) {
  return (
    <Field {...props}>
      {(ids) => (
        <Input
          id={ids.control}
          aria-describedby={ids.note}
          aria-invalid={props.problem !== undefined}
          status={props.problem ? "error" : "default"}
          value={props.value}
          maxLength={props.max}
          disabled={props.disabled}
          onChange={(event) => props.onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

export type Option<T extends string> = { value: T; label: string };

/** One of a list; few options would stand side by side, many fold into the system's picker. */
export function Picker<T extends string>(
  props: Labelled & {
    value: T;
    options: readonly Option<T>[];
    disabled: boolean;
    onChange: (value: T) => void;
  },
) {
  if (props.options.length <= 3) return <Segments {...props} />;
  return (
    <Field {...props}>
      {(ids) => (
        <Select
          id={ids.control}
          aria-describedby={ids.note}
          aria-invalid={props.problem !== undefined}
          status={props.problem ? "error" : "default"}
          value={props.value}
          disabled={props.disabled}
          onChange={(event) => props.onChange(event.target.value as T)}
        >
          {props.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

function Segments<T extends string>(
  props: Labelled & {
    value: T;
    options: readonly Option<T>[];
    disabled: boolean;
    onChange: (value: T) => void;
  },
) {
  const id = useId();
  return (
    <fieldset
      className={`ui-field${props.problem ? " ui-field-bad" : ""}`}
      disabled={props.disabled}
      aria-describedby={`${id}-n`}
    >
      <legend>{props.label}</legend>
      <div className="ui-segments">
        {props.options.map((option) => (
          <label key={option.value} className="ui-segment">
            <input
              type="radio"
              name={id}
              value={option.value}
              checked={option.value === props.value}
              onChange={() => props.onChange(option.value)}
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

/** A number on a scale, with its value in words. */
export function Stepper(
  props: Labelled & {
    value: number;
    min: number;
    max: number;
    step?: number;
    shown: string;
    disabled: boolean;
    onChange: (value: number) => void;
  },
) {
  return (
    <Field {...props}>
      {(ids) => (
        <div className="ui-stepper">
          <input
            id={ids.control}
            type="range"
            min={props.min}
            max={props.max}
            step={props.step ?? 1}
            value={props.value}
            disabled={props.disabled}
            aria-describedby={ids.note}
            aria-valuetext={props.shown}
            onChange={(event) => props.onChange(Number(event.target.value))}
          />
          <output htmlFor={ids.control}>{props.shown}</output>
        </div>
      )}
    </Field>
  );
}
