import { useId, useRef, useState } from "react";
import { Icon } from "./icon";
import "./forms.css";

/** A place to press or to drop a file on. */
export function FilePicker(props: {
  label: string;
  text: string;
  accept: string;
  disabled?: boolean;
  problem?: string | undefined;
  onPick: (file: File) => void;
}) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file && !props.disabled) props.onPick(file);
    // The same file may be picked again after it was mended.
    if (input.current) input.current.value = "";
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way, the input the first
    <div
      className={`ui-file${over ? " ui-file-over" : ""}${props.problem ? " ui-file-bad" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files);
      }}
    >
      <input
        ref={input}
        id={id}
        type="file"
        accept={props.accept}
        disabled={props.disabled}
        aria-describedby={`${id}-n`}
        onChange={(event) => take(event.target.files)}
      />
      <label htmlFor={id}>
        <Icon name="upload" size={28} />
        <b>{props.label}</b>
      </label>
      <p id={`${id}-n`} role={props.problem ? "alert" : undefined}>
        {props.problem ?? props.text}
      </p>
    </div>
  );
}
