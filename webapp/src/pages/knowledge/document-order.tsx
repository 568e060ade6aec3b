import type { DocumentType, KnowledgeDocument } from "../../api/types";
import { about, type Form } from "../../app/use-form";
import { Picker, TagsInput, TextField } from "../../ui";
import { useLabels } from "./queries";
import { useSpeech } from "./words";

export const LONGEST = { title: 200, body: 300_000, category: 80, tag: 40 };
const MOST_TAGS = 20;
export const TYPES: readonly DocumentType[] = ["faq", "policy", "delivery", "returns"];

type Order = Pick<KnowledgeDocument, "type" | "tags"> & { category: string };

/** What a document is kept under: its kind, its category, its tags. */
export function DocumentOrder({ form }: { form: Form<Order> }) {
  const { t } = useSpeech();
  const labels = useLabels();
  return (
    <>
      <Picker
        {...about(form, "type")}
        label={t.docKind}
        text={t.docKindText}
        options={TYPES.map((value) => ({ value, label: t.docType[value] ?? value }))}
      />
      <TextField
        {...about(form, "category")}
        label={t.docCategory}
        text={t.docCategoryText}
        max={LONGEST.category}
      />
      <TagsInput
        {...about(form, "tags")}
        label={t.docTags}
        text={t.docTagsText}
        placeholder={t.docTagsHint}
        known={labels.data?.tags ?? []}
        most={MOST_TAGS}
        longest={LONGEST.tag}
        removeLabel={t.removeTag}
      />
    </>
  );
}
