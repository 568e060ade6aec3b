import { type ReactNode, useEffect, useId, useRef } from "react";
import { useSpeech } from "../i18n";
import { IconButton } from "./button";

/** A question over the page: from below on a phone, in the middle on a wide screen. */
export function Sheet(props: {
  title: string;
  onClose: () => void;
  wide?: boolean;
  children: ReactNode;
}) {
  const { t } = useSpeech();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={dialog}
      className={`ui-sheet${props.wide ? " ui-sheet-wide" : ""}`}
      aria-labelledby={id}
      onClose={props.onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div className="ui-sheet-body">
        <header>
          <h2 id={id}>{props.title}</h2>
          <IconButton icon="close" label={t.close} onClick={() => dialog.current?.close()} />
        </header>
        {props.children}
      </div>
    </dialog>
  );
}
