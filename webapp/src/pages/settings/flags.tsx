import { useQuery } from "@tanstack/react-query";
import type { Flag } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { problemText } from "../../app/problem-text";
import { Button, Dot, Lines, Placeholder, Section } from "../../ui";
import { type Dictionary, useSpeech } from "./words";

/** What the platform has switched on for this store; shown, not changed here. */
export function Flags() {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const flags = useQuery({
    queryKey: ["flags"],
    queryFn: ({ signal }) => client.call("GET /flags", { signal }),
  });
  return (
    <Section title={t.settingsGroupFlags} note={t.flagsText}>
      {flags.isPending && <Lines count={4} label={t.loading} />}
      {flags.isError && !flags.data && (
        <Placeholder icon="warn" title={t.loadFailed} text={problemText(t, flags.error)}>
          <Button onClick={() => flags.refetch()}>{t.retry}</Button>
        </Placeholder>
      )}
      {flags.data && (
        <ul className="flags">
          {flags.data.items.map((flag) => (
            <li key={flag.name}>
              <span>
                <b>{t.flag[flag.name] ?? flag.name}</b>
                <span>{sourceOf(t, flag)}</span>
              </span>
              <span className="flag-state">
                <Dot tone={flag.enabled ? "answered" : "resolved"} />
                {flag.enabled ? t.flagOn : t.flagOff}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function sourceOf(t: Dictionary, flag: Flag): string {
  return {
    platform: t.flagSourcePlatform,
    tenant: t.flagSourceTenant,
    default: t.flagSourceDefault,
  }[flag.source];
}
