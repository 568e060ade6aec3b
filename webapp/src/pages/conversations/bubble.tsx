import { useState } from "react";
import type { Message } from "../../api/types";
import { Icon } from "../../ui";
import { AttachmentView } from "./attachment";
import { undeliveredWords } from "./codes";
import { ParkedChoice, UnsureChoice } from "./outgoing";
import { authorName } from "./state-words";
import { useSpeech } from "./words";

type Props = {
  message: Message;
  /** The first of several by the same person: it carries the name. */
  first: boolean;
  manages: boolean;
  conversationId: string;
};

export function Bubble({ message, first, manages, conversationId }: Props) {
  const { t, format } = useSpeech();
  const at = new Date(message.at);
  const state = message.outbound?.state;
  const failed = state === "rejected" || state === "cancelled";
  const classes = [
    "bubble",
    `bubble-${message.direction}`,
    `bubble-by-${message.author.kind}`,
    first && "bubble-first",
    message.deleted_at && "bubble-deleted",
    failed && "bubble-failed",
  ];
  return (
    <article id={`m-${message.id}`} className={classes.filter(Boolean).join(" ")}>
      {first && <Author message={message} />}
      {message.reply_to && <Quote reply={message.reply_to} />}
      {message.attachments.map((attachment) => (
        <AttachmentView key={attachment.id} attachment={attachment} />
      ))}
      {message.text && (
        <p className="bubble-text" dir="auto">
          {message.text}
        </p>
      )}
      {message.deleted_at && <p className="bubble-note">{t.deletedMessage}</p>}
      {state === "rejected" && (
        <p className="bubble-note">{undeliveredWords(t, message.outbound?.problem)}</p>
      )}
      {state === "cancelled" && <p className="bubble-note">{t.cancelledSend}</p>}
      <footer className="bubble-foot">
        {message.edited_at && message.versions.length === 0 && <span>{t.edited}</span>}
        <time dateTime={message.at} title={format.date(at)}>
          {format.clock(at)}
        </time>
        {state === "sent" && (
          <span role="img" aria-label={t.sent}>
            <Icon name="check" size={14} />
          </span>
        )}
      </footer>
      <Versions message={message} />
      {state === "parked" && message.outbound && (
        <ParkedChoice
          outboundId={message.outbound.id}
          conversationId={conversationId}
          problem={message.outbound.problem}
          manages={manages}
        />
      )}
      {state === "unsure" && message.outbound && (
        <UnsureChoice
          outboundId={message.outbound.id}
          conversationId={conversationId}
          manages={manages}
        />
      )}
    </article>
  );
}

function Author({ message }: { message: Message }) {
  const { t } = useSpeech();
  const name = authorName(t, message.author);
  if (message.author.kind === "customer") return <span className="ui-hidden">{name}</span>;
  return <b className="bubble-author">{name}</b>;
}

function Quote({ reply }: { reply: NonNullable<Message["reply_to"]> }) {
  const { t } = useSpeech();
  const jump = () => {
    const target = reply.message_id && document.getElementById(`m-${reply.message_id}`);
    if (target) target.scrollIntoView({ block: "center", behavior: "smooth" });
  };
  if (!reply.message_id) {
    return (
      <blockquote className="quote">
        <span className="ui-hidden">{t.replyTo}: </span>
        {reply.text}
      </blockquote>
    );
  }
  return (
    <button
      type="button"
      className="quote"
      aria-label={`${t.openReply}: ${reply.text}`}
      onClick={jump}
    >
      {reply.text}
    </button>
  );
}

/** A customer's edit with what stood there before. */
function Versions({ message }: { message: Message }) {
  const { t, format } = useSpeech();
  const [open, setOpen] = useState(false);
  if (message.versions.length === 0) return null;
  return (
    <div className="versions">
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t.edited}: {(open ? t.hideVersions : t.showVersions).toLowerCase()}
      </button>
      {open &&
        message.versions.map((version) => (
          <p key={version.replaced_at} dir="auto">
            <b>
              {t.before}, {format.clock(new Date(version.replaced_at))}
            </b>
            <del>{version.text}</del>
          </p>
        ))}
    </div>
  );
}
