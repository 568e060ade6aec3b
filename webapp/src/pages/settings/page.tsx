import { useQuery } from "@tanstack/react-query";
import { useSignedIn } from "../../app/context";
import { Page } from "../../app/page";
import { problemText } from "../../app/problem-text";
import { Button, Lines, Placeholder, Section } from "../../ui";
import { Account } from "./account";
import { Flags } from "./flags";
import { SettingsForm } from "./form";
import { SpendingSection } from "./spending";
import { useSpeech } from "./words";
import "./settings.css";

export default function SettingsPage() {
  const { t, format } = useSpeech();
  const { client, can } = useSignedIn();
  const tenant = useQuery({
    queryKey: ["tenant"],
    queryFn: ({ signal }) => client.call("GET /tenant", { signal }),
  });
  const trial = tenant.data?.trial_ends_at;
  return (
    <Page title={t.placeSettings} text={tenant.data?.name}>
      {trial && Date.parse(trial) > Date.now() && (
        <p className="page-text">{t.trialUntil(format.date(new Date(trial)))}</p>
      )}
      {tenant.isPending && <Lines count={6} label={t.loading} />}
      {tenant.isError && !tenant.data && (
        <Placeholder icon="warn" title={t.loadFailed} text={problemText(t, tenant.error)}>
          <Button onClick={() => tenant.refetch()}>{t.retry}</Button>
        </Placeholder>
      )}
      {tenant.data && <SettingsForm saved={tenant.data} editable={can("MANAGE_TENANT_SETTINGS")} />}
      {tenant.data && <SpendingSection />}
      {tenant.data && <Flags />}
      <Section title={t.settingsGroupAccount}>
        <Account />
      </Section>
    </Page>
  );
}
