import { useQuery } from "@tanstack/react-query";
import { useSignedIn } from "../../app/context";
import { problemText } from "../../app/problem-text";
import { useSpeech } from "../../i18n";
import { Button, Lines, Placeholder, Section } from "../../ui";
import { Account } from "./account";
import { Flags } from "./flags";
import { SettingsForm } from "./form";
import { Spending } from "./spending";
import "./settings.css";

export function SettingsPage() {
  const { t, format } = useSpeech();
  const { client, can } = useSignedIn();
  const tenant = useQuery({
    queryKey: ["tenant"],
    queryFn: ({ signal }) => client.call("GET /tenant", { signal }),
  });
  const trial = tenant.data?.trial_ends_at;
  return (
    <div className="settings">
      <div className="settings-column">
        <header className="settings-head">
          <h1>{t.placeSettings}</h1>
          {tenant.data && <p>{tenant.data.name}</p>}
          {trial && Date.parse(trial) > Date.now() && (
            <p>{t.trialUntil(format.date(new Date(trial)))}</p>
          )}
        </header>
        {tenant.isPending && <Lines count={6} label={t.loading} />}
        {tenant.isError && !tenant.data && (
          <Placeholder icon="warn" title={t.loadFailed} text={problemText(t, tenant.error)}>
            <Button onClick={() => tenant.refetch()}>{t.retry}</Button>
          </Placeholder>
        )}
        {tenant.data && (
          <SettingsForm saved={tenant.data} editable={can("MANAGE_TENANT_SETTINGS")} />
        )}
        {tenant.data && <Spending />}
        {tenant.data && <Flags />}
        <Section title={t.settingsGroupAccount}>
          <Account />
        </Section>
      </div>
    </div>
  );
}
