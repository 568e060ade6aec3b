import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Spending } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { EditForm } from "../../app/edit-form";
import { about, useForm } from "../../app/use-form";
import { Advice, LineField, Progress, Section } from "../../ui";
import { useSpeech } from "./words";

/** What the AI has cost today and what it may; whoever may not know sees nothing. */
export function SpendingSection() {
  const { client, can } = useSignedIn();
  const spending = useQuery({
    queryKey: ["tenant", "spending"],
    queryFn: ({ signal }) => client.call("GET /spending", { signal }),
    enabled: can("VIEW_ANALYTICS"),
  });
  return spending.data ? <SpendingForm saved={spending.data} /> : null;
}

function SpendingForm({ saved }: { saved: Spending }) {
  const { t, format } = useSpeech();
  const { client, can } = useSignedIn();
  const queries = useQueryClient();
  const form = useForm<{ ai_daily_budget_usd: string }>(
    { ai_daily_budget_usd: String(Number(saved.budget_usd)) },
    {
      send: async ({ ai_daily_budget_usd: budget = "" }) =>
        queries.setQueryData(
          ["tenant", "spending"],
          await client.call("PATCH /spending", {
            body: { ai_daily_budget_usd: budget.trim().replace(",", ".") },
          }),
        ),
      done: t.saved,
    },
  );
  const sum = (amount: string) => format.money(Number(amount).toFixed(2), "USD");
  return (
    <Section title={t.settingsGroupSpending} note={t.spendingText}>
      <EditForm form={form}>
        <div className="spending">
          <Progress
            label={t.spentToday}
            done={Number(saved.spent_usd)}
            total={Number(saved.budget_usd) || 1}
            shown={t.spentOf(sum(saved.spent_usd), sum(saved.budget_usd))}
          />
          {saved.spent_out_at && <Advice kind="warn">{t.spentOut}</Advice>}
        </div>
        <LineField
          {...about(form, "ai_daily_budget_usd", can("MANAGE_TENANT_SETTINGS"))}
          label={t.budget}
          text={t.budgetText}
          inputMode="decimal"
        />
      </EditForm>
    </Section>
  );
}
