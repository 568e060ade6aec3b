import { useQuery } from "@tanstack/react-query";
import { useSignedIn } from "../../app/context";
import { Section } from "../../ui";
import { useSpeech } from "./words";

/** What the AI has cost today and may; says so when the day's money is spent. */
export function Spending() {
  const { t, format } = useSpeech();
  const { client, can } = useSignedIn();
  const allowed = can("VIEW_ANALYTICS");
  const spending = useQuery({
    queryKey: ["spending"],
    queryFn: ({ signal }) => client.call("GET /spending", { signal }),
    enabled: allowed,
  });
  if (!allowed || !spending.data) return null;
  const { spent_usd, budget_usd, spent_out_at } = spending.data;
  return (
    <Section title={t.settingsGroupSpending}>
      <p className="settings-note">
        {t.spentToday(format.money(spent_usd, "USD"), format.money(budget_usd, "USD"))}
      </p>
      {spent_out_at && <p className="settings-note">{t.spentOut}</p>}
    </Section>
  );
}
