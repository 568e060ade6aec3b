import { type KeyboardEvent, useId, useState } from "react";
import { Field } from "./field";
import { Icon } from "./icon";
import "./forms.css";

/** Short labels, typed or chosen from those in use. */
export function TagsInput(props: {
  label: string;
  text: string;
  problem?: string | undefined;
  value: readonly string[];
  known: readonly string[];
  most: number;
  longest: number;
  disabled: boolean;
  placeholder: string;
  removeLabel: (tag: string) => string;
  onChange: (value: string[]) => void;
}) {
  const { value, known } = props;
  const list = useId();
  const [typed, setTyped] = useState("");
  const add = (text: string) => {
    const wanted = text
      .split(",")
      .map((each) => each.trim().slice(0, props.longest))
      .filter((each) => each && !value.includes(each));
    setTyped("");
    if (wanted.length > 0) props.onChange([...value, ...new Set(wanted)].slice(0, props.most));
  };
  const remove = (tag: string) => props.onChange(value.filter((each) => each !== tag));
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault();
      add(typed);
    } else if (event.key === "Backspace" && !typed) {
      const last = value.at(-1);
      if (last) remove(last);
    }
  };
  return (
    <Field {...props}>
      {(ids) => (
        <div className="ui-tags">
          {value.map((tag) => (
            <button
              key={tag}
              type="button"
              disabled={props.disabled}
              aria-label={props.removeLabel(tag)}
              onClick={() => remove(tag)}
            >
              {tag}
              <Icon name="close" size={14} />
            </button>
          ))}
          <input
            id={ids.control}
            aria-describedby={ids.note}
            list={list}
            value={typed}
            disabled={props.disabled || value.length >= props.most}
            placeholder={value.length === 0 ? props.placeholder : ""}
            enterKeyHint="done"
            onChange={(event) => {
              const text = event.target.value;
              // A choice from the list comes whole, without Enter.
              if (known.includes(text) || text.includes(",")) add(text);
              else setTyped(text);
            }}
            onKeyDown={onKey}
            onBlur={() => add(typed)}
          />
          <datalist id={list}>
            {known
              .filter((each) => !value.includes(each))
              .map((each) => (
                <option key={each} value={each} />
              ))}
          </datalist>
        </div>
      )}
    </Field>
  );
}
