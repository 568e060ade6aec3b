import { useLayoutEffect } from "react";
import { useNow } from "../../app/use-now";
import { Icon, IconButton } from "../../ui";
import { LONGEST, type Reply } from "./use-reply";
import { useSpeech } from "./words";

const finePointer = () => globalThis.matchMedia?.("(pointer: fine)").matches ?? false;

export function Composer({ reply }: { reply: Reply }) {
  const { t } = useSpeech();
  const { field, text } = reply;
  const over = text.trim().length - LONGEST;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const area = field.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }, [field, text]);

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        reply.send();
      }}
    >
      {reply.editing && <EditingBar reply={reply} />}
      {reply.failed && !reply.editing && (
        <p className="composer-failed" role="alert">
          {reply.failed} {t.notSent}
        </p>
      )}
      <div className="composer-row">
        <textarea
          ref={field}
          rows={1}
          value={text}
          dir="auto"
          placeholder={t.composerHint}
          aria-label={t.composer}
          onChange={(event) => reply.write(event.target.value)}
          onKeyDown={(event) => {
            const sends = event.ctrlKey || event.metaKey || (finePointer() && !event.shiftKey);
            if (event.key === "Enter" && sends && !event.nativeEvent.isComposing) {
              event.preventDefault();
              reply.send();
            }
          }}
        />
        {over > 0 && <span className="composer-over">{t.tooLong(over)}</span>}
        <IconButton
          type="submit"
          icon="send"
          label={t.send}
          filled
          disabled={!text.trim() || reply.sending || over > 0}
        />
      </div>
    </form>
  );
}

function EditingBar({ reply }: { reply: Reply }) {
  const { t, format } = useSpeech();
  const now = useNow(60_000);
  const { overtaken } = reply;
  const by = overtaken?.decided_by;
  const at = overtaken?.decided_at;
  const taken = by && at ? t.editingTaken(by.name, format.ago(new Date(at), now)) : t.editingStale;
  return (
    <div className={`composer-editing${overtaken ? " composer-overtaken" : ""}`} role="status">
      <Icon name={overtaken ? "warn" : "edit"} size={18} />
      <span>{overtaken ? taken : t.editing}</span>
      <IconButton icon="close" label={t.cancelEditing} onClick={reply.cancelEdit} />
    </div>
  );
}
