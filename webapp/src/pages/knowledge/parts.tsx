import type { ReactNode } from "react";
import { Problem } from "../../api/problem";
import type { IndexMark } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { useGo } from "../../app/leave-guard";
import { PartTabs } from "../../app/page";
import { problemText } from "../../app/problem-text";
import { Button, Lines, Placeholder, Tag } from "../../ui";
import { useSpeech } from "./words";

export const DOCUMENTS = "/knowledge/documents";
export const PRODUCTS = "/knowledge/products";
export const IMPORTS = "/knowledge/imports";
export const SEARCH = "/knowledge/search";

/** The parts of the place this person may enter. */
export function KnowledgeTabs({ at }: { at: string }) {
  const { t } = useSpeech();
  const { can } = useSignedIn();
  const documents = can("MANAGE_KNOWLEDGE_BASE");
  const parts = [
    documents && { to: DOCUMENTS, label: t.partDocuments },
    can("MANAGE_PRODUCTS") && { to: PRODUCTS, label: t.partProducts },
    { to: IMPORTS, label: t.partImports },
    documents && { to: SEARCH, label: t.partIndex },
  ].filter((part) => part !== false);
  return <PartTabs label={t.knowledgeParts} at={at} parts={parts} />;
}

/** Says when search does not know the newest yet; what is ready needs no word. */
export function Mark({ mark }: { mark: IndexMark }) {
  const { t } = useSpeech();
  if (mark.state === "ready") return null;
  if (mark.state === "waiting") return <Tag mood="wait">{t.markWaiting}</Tag>;
  return <Tag mood="bad">{t.markFailed(mark.problem?.detail ?? "")}</Tag>;
}

/** One thing by its id: loading, gone, failed, or here. */
export function One<T>(props: {
  query: { data: T | undefined; error: unknown; refetch: () => unknown };
  list: string;
  children: (data: T) => ReactNode;
}) {
  const { t } = useSpeech();
  const go = useGo();
  const { data, error, refetch } = props.query;
  if (data !== undefined) return props.children(data);
  if (!error) return <Lines count={5} label={t.loading} />;
  const gone = error instanceof Problem && [404, 422].includes(error.status);
  return (
    <Placeholder
      icon="warn"
      title={gone ? t.notFoundTitle : t.loadFailed}
      text={gone ? t.notFoundText : problemText(t, error)}
    >
      {gone ? (
        <Button onClick={() => go(props.list)}>{t.toList}</Button>
      ) : (
        <Button onClick={() => refetch()}>{t.retry}</Button>
      )}
    </Placeholder>
  );
}
