import type { ReactNode } from "react";
import { useSpeech } from "../i18n";
import { Button, Lines, Placeholder } from "../ui";
import { problemText } from "./problem-text";

/** What a page needs before it can show anything: loading, failed with another try, here. */
export function Loaded<T>(props: {
  query: { data: T | undefined; error: unknown; refetch: () => unknown };
  children: (data: T) => ReactNode;
}) {
  const { t } = useSpeech();
  const { data, error, refetch } = props.query;
  if (data !== undefined) return props.children(data);
  if (!error) return <Lines count={5} label={t.loading} />;
  return (
    <Placeholder icon="warn" title={t.loadFailed} text={problemText(t, error)}>
      <Button onClick={() => refetch()}>{t.retry}</Button>
    </Placeholder>
  );
}
