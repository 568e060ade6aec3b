import { Fragment, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Conversation, Message } from "../../api/types";
import { useNow } from "../../app/use-now";
import { Button, IconButton } from "../../ui";
import { Bubble } from "./bubble";
import { Outgoing } from "./outgoing";
import { useSpeech } from "./words";

const NEAR_END = 120;
const SAME_BREATH_MS = 5 * 60_000;

type Props = {
  conversation: Conversation;
  /** Oldest first. */
  messages: Message[];
  earlier: (() => unknown) | null;
  loadingEarlier: boolean;
  manages: boolean;
  children: ReactNode;
};

export function Thread(props: Props) {
  const { t, format } = useSpeech();
  const now = useNow(60_000);
  const pending = props.conversation.pending_outbound;
  const shown = props.messages.filter((each) => !pending || each.outbound?.id !== pending.id);
  const { scroller, away, toEnd } = useStickToEnd(props.messages);

  return (
    <div className="thread-frame">
      <div className="thread" ref={scroller} role="log" aria-label={t.thread}>
        <div className="thread-column">
          {props.earlier && (
            <div className="thread-earlier">
              <Button size="s" busy={props.loadingEarlier} onClick={() => props.earlier?.()}>
                {t.earlier}
              </Button>
            </div>
          )}
          {shown.length === 0 && !pending && <p className="thread-none">{t.noMessages}</p>}
          {shown.map((message, index) => {
            const previous = shown[index - 1];
            const at = new Date(message.at);
            const newDay = !previous || !format.sameDay(new Date(previous.at), at);
            return (
              <Fragment key={message.id}>
                {newDay && <h2 className="thread-day">{format.dayHeading(at, now)}</h2>}
                <Bubble
                  message={message}
                  first={newDay || !sameBreath(previous, message)}
                  manages={props.manages}
                  conversationId={props.conversation.id}
                />
              </Fragment>
            );
          })}
          {pending && <Outgoing outbound={pending} manages={props.manages} />}
          {props.children}
        </div>
      </div>
      {away && (
        <div className="thread-latest">
          <IconButton icon="down" label={t.toLatest} onClick={toEnd} />
        </div>
      )}
    </div>
  );
}

function sameBreath(previous: Message | undefined, message: Message): boolean {
  return (
    previous !== undefined &&
    previous.author.kind === message.author.kind &&
    previous.author.name === message.author.name &&
    Date.parse(message.at) - Date.parse(previous.at) < SAME_BREATH_MS
  );
}

/** Stays at the end while the reader is there, and where they are when older messages come. */
function useStickToEnd(messages: Message[]) {
  const scroller = useRef<HTMLDivElement>(null);
  const [away, setAway] = useState(false);
  const atEnd = useRef(true);
  const before = useRef({ first: messages[0]?.id, height: 0 });

  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const first = messages[0]?.id;
    if (first !== before.current.first && !atEnd.current) {
      box.scrollTop += box.scrollHeight - before.current.height;
    }
    before.current = { first, height: box.scrollHeight };
  }, [messages]);

  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    let lastTop = box.scrollTop;
    const note = () => {
      const near = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
      // Growing content moves the end away too; only going up means wanting to be elsewhere.
      if (near) atEnd.current = true;
      else if (box.scrollTop < lastTop) atEnd.current = false;
      lastTop = box.scrollTop;
      setAway(!atEnd.current);
    };
    const settle = () => {
      if (atEnd.current) box.scrollTop = box.scrollHeight;
      else note();
    };
    settle();
    box.addEventListener("scroll", note, { passive: true });
    // Pictures, the card and the keyboard change heights after the fact.
    const observer = globalThis.ResizeObserver && new ResizeObserver(settle);
    observer?.observe(box);
    if (box.firstElementChild) observer?.observe(box.firstElementChild);
    return () => {
      box.removeEventListener("scroll", note);
      observer?.disconnect();
    };
  }, []);

  const toEnd = () => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
  };
  return { scroller, away, toEnd };
}
