import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import type { Conversation, EscalateReason, RejectReason, Suggestion } from "../../api/types";
import { intentName } from "../../app/code-words";
import { useSignedIn } from "../../app/context";
import { useNow } from "../../app/use-now";
import { Button, Icon, Sheet, Spinner } from "../../ui";
import { failureWords, hopeless } from "./codes";
import { DraftGrounds, DraftText } from "./draft";
import { showOutbound } from "./queries";
import { useAct } from "./use-act";
import { useSpeech } from "./words";

const PriceBlock = lazy(() => import("./price-block"));

type Props = {
  conversation: Conversation;
  suggestion: Suggestion;
  manages: boolean;
  onEdit: (suggestion: Suggestion) => void;
  onReply: () => void;
};

/** What we would say, on what grounds, and the buttons that decide. */
export function SuggestionCard(props: Props) {
  const { t, format } = useSpeech();
  const now = useNow(60_000);
  const { suggestion } = props;
  switch (suggestion.status) {
    case "pending":
      return <Pending {...props} />;
    case "drafting":
      return <NoDraft {...props} title={t.draftDrafting} text={t.draftDraftingText} busy />;
    case "failed":
      return (
        <NoDraft
          {...props}
          title={hopeless(suggestion.failure) ? t.draftNone : t.draftFailed}
          text={suggestion.failure ? t.because(failureWords(t, suggestion.failure)) : ""}
        />
      );
    case "superseded":
      return (
        <p className="card-line" role="status">
          <Spinner size="s" label={t.loading} />
          {t.draftSuperseded}
        </p>
      );
    case "rejected": {
      const { decided_by: by, decided_at: at } = suggestion;
      if (!by || !at) return null;
      return <NoDraft {...props} title={t.rejectedBy(by.name, format.ago(new Date(at), now))} />;
    }
    case "escalated": {
      const { decided_by: by, decided_at: at } = suggestion;
      if (!by || !at) return null;
      return <p className="card-line">{t.escalatedBy(by.name, format.ago(new Date(at), now))}</p>;
    }
    case "auto_sent":
      return suggestion.reasons.includes("without_licence") ? (
        <p className="card-line">{t.autoWithoutLicence}</p>
      ) : null;
    case "approved":
    case "edited":
      return null;
  }
}

function Pending(props: Props) {
  const { t, format } = useSpeech();
  const { suggestion } = props;
  const decide = useDecisions(props);
  const intent = intentName(t, suggestion.intent);
  const verdict = suggestion.verdict === "escalate" ? t.verdictEscalate : null;
  return (
    <section className="card" aria-label={t.draft}>
      <header className="card-head">
        <b>{t.draft}</b>
        {intent && <span className="card-tag">{intent}</span>}
        {suggestion.score !== null && <span>{t.score(format.percent(suggestion.score))}</span>}
        {verdict && <span className="card-tag card-tag-loud">{verdict}</span>}
      </header>
      <DraftText suggestion={suggestion} />
      <DraftGrounds suggestion={suggestion} />
      <MarketPrice {...props} />
      {props.manages && (
        <div className="card-buttons">
          <Button kind="main" size="l" wide busy={decide.busy} onClick={decide.approve}>
            {t.approve}
          </Button>
          <Button size="l" wide disabled={decide.busy} onClick={() => props.onEdit(suggestion)}>
            {t.edit}
          </Button>
          <Button size="m" wide disabled={decide.busy} onClick={decide.askReject}>
            {t.reject}
          </Button>
          {decide.canEscalate && (
            <Button size="m" wide disabled={decide.busy} onClick={decide.askEscalate}>
              {t.escalate}
            </Button>
          )}
          <Button
            kind="plain"
            size="s"
            icon="refresh"
            disabled={decide.busy}
            onClick={decide.again}
          >
            {t.regenerate}
          </Button>
        </div>
      )}
      {decide.sheet}
    </section>
  );
}

/** The market's price is another place's words and code: fetched when a price is asked for. */
function MarketPrice({ conversation, suggestion, manages }: Props) {
  if (suggestion.intent !== "price") return null;
  const priced = suggestion.sources.some(({ kind, price }) => kind === "product" && price !== null);
  return (
    <Suspense fallback={null}>
      <PriceBlock conversationId={conversation.id} offers={manages && !priced} />
    </Suspense>
  );
}

function NoDraft(props: Props & { title: string; text?: string; busy?: boolean }) {
  const { t } = useSpeech();
  const decide = useDecisions(props);
  return (
    <section className="card card-none" aria-label={t.draft}>
      <div className="card-head" role="status">
        {props.busy && <Spinner size="s" label={t.loading} />}
        {props.suggestion.status === "failed" && <Icon name="warn" size={18} />}
        <b>{props.title}</b>
      </div>
      {props.text && <p className="card-note">{props.text}</p>}
      {props.manages && (
        <div className="card-buttons card-buttons-few">
          <Button size="m" onClick={props.onReply}>
            {t.replyMyself}
          </Button>
          {decide.canEscalate && (
            <Button size="m" disabled={decide.busy} onClick={decide.askEscalate}>
              {t.escalate}
            </Button>
          )}
          {decide.canAsk && (
            <Button
              kind="plain"
              size="m"
              icon="refresh"
              disabled={decide.busy}
              onClick={decide.again}
            >
              {props.suggestion.status === "rejected" ? t.regenerate : t.retry}
            </Button>
          )}
        </div>
      )}
      {decide.sheet}
    </section>
  );
}

/** What the buttons of a card do. */
function useDecisions({ conversation, suggestion }: Props) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const act = useAct(conversation.id);
  const [asking, setAsking] = useState<"reject" | "escalate" | null>(null);
  const { version } = suggestion;
  // Null while the AI drafts: there is nothing to decide upon, only the conversation itself.
  const id = suggestion.id ?? "";
  const decidable = suggestion.status === "pending";

  const approve = () =>
    act.mutate({
      run: async () => {
        const outbound = await client.call("POST /suggestions/{id}/approve", {
          id,
          body: { version },
        });
        showOutbound(queries, outbound);
      },
    });
  const reject = (reason: RejectReason) =>
    act.mutate({
      run: () => client.call("POST /suggestions/{id}/reject", { id, body: { version, reason } }),
      done: t.rejectedDone,
    });
  const escalate = (reason: EscalateReason) =>
    act.mutate({
      run: async () =>
        decidable
          ? await client.call("POST /suggestions/{id}/escalate", { id, body: { version, reason } })
          : await client.call("POST /conversations/{id}/escalate", {
              id: conversation.id,
              body: { reason },
            }),
      done: t.escalatedDone,
    });
  const again = () =>
    act.mutate({
      run: () => client.call("POST /suggestions/{id}/regenerate", { id, body: { version } }),
      done: t.regenerating,
    });

  const close = () => setAsking(null);
  const sheet = asking && (
    <Sheet title={asking === "reject" ? t.rejectTitle : t.escalateTitle} onClose={close}>
      <div className="choices">
        {asking === "reject"
          ? choices(
              [
                ["wrong", t.rejectWrong],
                ["tone", t.rejectTone],
                ["missing", t.rejectMissing],
                ["self", t.rejectSelf],
              ],
              reject,
              close,
            )
          : choices(
              [
                ["complaint", t.escalateComplaint],
                ["unusual", t.escalateUnusual],
                ["owner", t.escalateOwner],
                ["other", t.escalateOther],
              ],
              escalate,
              close,
            )}
      </div>
    </Sheet>
  );
  return {
    busy: act.isPending,
    canEscalate: conversation.status !== "escalated",
    canAsk: suggestion.id !== null && !hopeless(suggestion.failure),
    approve,
    again,
    askReject: () => setAsking("reject"),
    askEscalate: () => setAsking("escalate"),
    sheet,
  };
}

function choices<T extends string>(
  options: readonly (readonly [T, string])[],
  choose: (value: T) => void,
  close: () => void,
) {
  return options.map(([value, label]) => (
    <Button
      key={value}
      size="l"
      wide
      onClick={() => {
        close();
        choose(value);
      }}
    >
      {label}
    </Button>
  ));
}
