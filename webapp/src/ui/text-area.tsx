import { useLayoutEffect, useRef } from "react";
import { Field } from "./field";
import "./forms.css";

/** A longer text; grows with it up to most of the screen. */
export function TextArea(props: {
  label: string;
  text: string;
  problem?: string | undefined;
  value: string;
  max: number;
  rows?: number;
  disabled: boolean;
  onChange: (value: string) => void;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  const { value } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const area = field.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }, [value]);
  return (
    <Field {...props}>
      {(ids) => (
        <textarea
          ref={field}
          id={ids.control}
          className="ui-textarea"
          aria-describedby={ids.note}
          aria-invalid={props.problem !== undefined}
          rows={props.rows ?? 4}
          value={value}
          maxLength={props.max}
          disabled={props.disabled}
          dir="auto"
          onChange={(event) => props.onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** A short value on one line: a number, a sum, a time, a date. */
export function LineField(props: {
  label: string;
  text: string;
  problem?: string | undefined;
  type?: "text" | "time" | "date";
  inputMode?: "text" | "decimal" | "numeric";
  value: string;
  max?: number;
  unit?: string | undefined;
  placeholder?: string;
  disabled: boolean;
  onChange: (value: string) => void;
}) {
  return (
    <Field {...props}>
      {(ids) => (
        <span className="ui-line-field">
          <input
            id={ids.control}
            type={props.type ?? "text"}
            inputMode={props.inputMode}
            aria-describedby={ids.note}
            aria-invalid={props.problem !== undefined}
            value={props.value}
            maxLength={props.max}
            placeholder={props.placeholder}
            disabled={props.disabled}
            autoComplete="off"
            onChange={(event) => props.onChange(event.target.value)}
          />
          {props.unit && <span aria-hidden="true">{props.unit}</span>}
        </span>
      )}
    </Field>
  );
}
