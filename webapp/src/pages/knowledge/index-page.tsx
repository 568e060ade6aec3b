import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { IndexJob, IndexState } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { Page, RowLink } from "../../app/page";
import { problemText } from "../../app/problem-text";
import { usePress } from "../../app/use-press";
import {
  Advice,
  Button,
  Confirm,
  Figures,
  PagedList,
  Progress,
  RowText,
  Section,
  Tabs,
} from "../../ui";
import { DOCUMENTS, KnowledgeTabs, One, PRODUCTS, SEARCH } from "./parts";
import { useIndex } from "./queries";
import { useSpeech } from "./words";

/** What search already knows, what it could not take, and how to begin anew. */
export function IndexPage() {
  const { t } = useSpeech();
  const index = useIndex();
  return (
    <Page title={t.placeKnowledge}>
      <KnowledgeTabs at={SEARCH} />
      <One query={index} list={DOCUMENTS}>
        {(state) => (
          <>
            <State state={state} />
            <Jobs state={state} />
            <Anew state={state} />
          </>
        )}
      </One>
    </Page>
  );
}

function State({ state }: { state: IndexState }) {
  const { t, format } = useSpeech();
  const { done, waiting, working, failed } = state;
  const total = done + waiting + working + failed;
  const busy = waiting + working > 0;
  return (
    <div className="page-stack">
      <p className="page-text">{t.indexText}</p>
      {busy ? (
        <Progress
          label={t.indexBusy}
          done={done + failed}
          total={total}
          shown={t.ofTotal(format.whole(done + failed), format.whole(total))}
        />
      ) : (
        failed === 0 && total > 0 && <Advice icon="check">{t.indexReady}</Advice>
      )}
      <Figures
        label={t.indexTitle}
        figures={[
          { label: t.indexDone, value: format.whole(done) },
          { label: t.indexWaiting, value: format.whole(waiting + working) },
          { label: t.indexFailed, value: format.whole(failed), bad: failed > 0 },
          { label: t.indexChunks, value: format.whole(state.chunks) },
        ]}
      />
      <p className="found">
        {state.embedder.startsWith("offline") ? t.embedderOffline : t.embedder(state.embedder)}
      </p>
      {state.problems.length > 0 && (
        <Advice kind="warn">
          <b>{t.indexProblems}</b>
          {state.problems.map((problem) => (
            <p key={problem.code}>
              {problem.detail} {t.problemTimes(problem.count)}
            </p>
          ))}
        </Advice>
      )}
    </div>
  );
}

function Jobs({ state }: { state: IndexState }) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const [shown, setShown] = useState<IndexJob["state"]>("failed");
  const list = useInfiniteQuery({
    queryKey: ["index", "jobs", shown, state.waiting, state.failed],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      client.call("GET /index/jobs", {
        query: { state: shown, cursor: pageParam, limit: 20 },
        signal,
      }),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (before) => before,
  });
  if (state.waiting + state.working + state.failed === 0) return null;
  return (
    <Section title={t.indexJobs}>
      <div className="section-tabs">
        <Tabs
          label={t.indexJobs}
          value={shown}
          onChange={setShown}
          tabs={[
            { value: "failed", label: t.jobsFailed, count: String(state.failed) },
            { value: "working", label: t.jobsWorking, count: String(state.working) },
            { value: "waiting", label: t.jobsWaiting, count: String(state.waiting) },
          ]}
        />
      </div>
      <PagedList
        list={list}
        label={t.indexJobs}
        failure={problemText(t, list.error)}
        keyOf={(job) => job.id}
        empty={<p className="section-empty">{t.noJobs}</p>}
      >
        {(job) => (
          <RowLink to={`${job.source.kind === "product" ? PRODUCTS : DOCUMENTS}/${job.source.id}`}>
            <RowText
              title={job.source.title ?? "—"}
              text={job.problem?.detail}
              end={job.attempts > 1 && <small>{t.attempts(job.attempts)}</small>}
            />
          </RowLink>
        )}
      </PagedList>
    </Section>
  );
}

/** Beginning anew: what failed at a press, everything after a question. */
function Anew({ state }: { state: IndexState }) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const [asking, setAsking] = useState<"recompute" | "invalidate" | null>(null);
  const press = usePress([["index"]]);
  const recompute = (body: { only_failed?: boolean; anew?: boolean }) =>
    press
      .mutateAsync({
        run: () => client.call("POST /index/recompute", { body }),
        done: t.recomputing,
      })
      .catch(() => {});
  const invalidate = () =>
    press
      .mutateAsync({
        run: () => client.call("POST /index/invalidate", { body: {} }),
        done: t.recomputing,
      })
      .catch(() => {});
  return (
    <div className="page-stack">
      <div className="page-buttons">
        {state.failed > 0 && (
          <Button
            kind="main"
            icon="refresh"
            busy={press.isPending}
            onClick={() => void recompute({ only_failed: true })}
          >
            {t.retryFailed}
          </Button>
        )}
        <Button onClick={() => setAsking("recompute")}>{t.recompute}</Button>
        <Button danger kind="plain" onClick={() => setAsking("invalidate")}>
          {t.invalidate}
        </Button>
      </div>
      {asking === "recompute" && (
        <Confirm
          title={t.recomputeTitle}
          text={t.recomputeText}
          yes={t.recomputeYes}
          onYes={() => recompute({ anew: true })}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === "invalidate" && (
        <Confirm
          title={t.invalidateTitle}
          text={t.invalidateText}
          yes={t.invalidateYes}
          danger
          onYes={invalidate}
          onClose={() => setAsking(null)}
        />
      )}
    </div>
  );
}
