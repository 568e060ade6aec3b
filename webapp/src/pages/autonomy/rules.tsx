import { useQueryClient } from "@tanstack/react-query";
import type { Intent, Policies } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { EditForm } from "../../app/edit-form";
import { Loaded } from "../../app/loaded";
import { about, useForm } from "../../app/use-form";
import { Choices, Section, TagsInput } from "../../ui";
import { usePolicies } from "./queries";
import { useSpeech } from "./words";

const INTENTS: readonly Intent[] = [
  "price",
  "availability",
  "shipping",
  "return",
  "discount",
  "complaint",
  "other",
];

export const useIntents = (): { value: Intent; label: string }[] => {
  const { t } = useSpeech();
  return INTENTS.map((value) => ({ value, label: t.intent[value] ?? value }));
};

export function RulesPart() {
  const policies = usePolicies();
  return <Loaded query={policies}>{(saved) => <RulesForm saved={saved} />}</Loaded>;
}

function RulesForm({ saved }: { saved: Policies }) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const intents = useIntents();
  const form = useForm<Omit<Policies, "version">>(saved, {
    send: async (changes) =>
      queries.setQueryData(
        ["tenant", "policies"],
        await client.call("PATCH /tenant/policies", { body: changes }),
      ),
    done: t.saved,
  });
  return (
    <EditForm form={form}>
      <Section title={t.rules}>
        <Choices
          {...about(form, "always_escalate_intents")}
          label={t.alwaysEscalate}
          text={t.alwaysEscalateText}
          options={intents}
        />
        <TagsInput
          {...about(form, "forbidden_topics")}
          label={t.forbidden}
          text={t.forbiddenText}
          placeholder={t.forbiddenHint}
          known={[]}
          most={100}
          longest={100}
          removeLabel={t.removeTopic}
        />
        <Choices
          {...about(form, "disabled_learning_intents")}
          label={t.noLearning}
          text={t.noLearningText}
          options={intents}
        />
      </Section>
    </EditForm>
  );
}
