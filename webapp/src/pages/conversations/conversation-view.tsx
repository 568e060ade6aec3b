import { useEffect } from "react";
import { Problem } from "../../api/problem";
import { useSignedIn } from "../../app/context";
import { useGo } from "../../app/leave-guard";
import { problemText } from "../../app/problem-text";
import { Button, Lines, Placeholder } from "../../ui";
import { Composer } from "./composer";
import { ConversationHead } from "./head";
import { useConversation, useMarkRead, useMessages } from "./queries";
import { isOpen } from "./state-words";
import { SuggestionCard } from "./suggestion-card";
import { Thread } from "./thread";
import { useReply } from "./use-reply";
import { useSpeech } from "./words";

export function ConversationView({ id }: { id: string }) {
  const { t } = useSpeech();
  const { can } = useSignedIn();
  const go = useGo();
  const conversation = useConversation(id);
  const messages = useMessages(id);
  const reply = useReply(id, conversation.data);
  useReading(id, conversation.data?.unread_count ?? 0);

  const error = conversation.error ?? messages.error;
  if (!conversation.data || !messages.data) {
    const missing = error instanceof Problem && [404, 422].includes(error.status);
    return (
      <section className="view" aria-label={t.thread}>
        {!error && <Lines count={6} label={t.loading} />}
        {error && (
          <Placeholder
            icon="warn"
            title={missing ? t.notFoundTitle : t.loadFailed}
            text={missing ? t.notFoundText : problemText(t, error)}
          >
            {missing ? (
              <Button onClick={() => go("/")}>{t.toConversations}</Button>
            ) : (
              <Button
                onClick={() => {
                  void conversation.refetch();
                  void messages.refetch();
                }}
              >
                {t.retry}
              </Button>
            )}
          </Placeholder>
        )}
      </section>
    );
  }

  const pages = [...messages.data.pages].reverse();
  const manages = can("MANAGE_CONVERSATIONS");
  return (
    <section className="view" aria-label={conversation.data.customer.name}>
      <ConversationHead conversation={conversation.data} manages={manages} />
      <Thread
        conversation={conversation.data}
        messages={pages.flatMap((page) => page.items)}
        earlier={messages.hasNextPage ? messages.fetchNextPage : null}
        loadingEarlier={messages.isFetchingNextPage}
        manages={manages}
      >
        {conversation.data.suggestion && isOpen(conversation.data.status) && !reply.editing && (
          <SuggestionCard
            conversation={conversation.data}
            suggestion={conversation.data.suggestion}
            manages={manages}
            onEdit={reply.edit}
            onReply={reply.focus}
          />
        )}
      </Thread>
      {manages ? <Composer reply={reply} /> : <p className="read-only">{t.readOnly}</p>}
    </section>
  );
}

/** Tells the server that the person has read it, once they really look at it. */
function useReading(id: string, unread: number): void {
  const { mutate } = useMarkRead(id);
  useEffect(() => {
    if (unread === 0) return;
    const look = () => {
      if (document.visibilityState === "visible") mutate();
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [unread, mutate]);
}
