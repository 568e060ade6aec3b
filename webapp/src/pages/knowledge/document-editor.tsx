import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { DocumentType, KnowledgeDocument } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { useGo } from "../../app/leave-guard";
import { Page } from "../../app/page";
import { SaveBar } from "../../app/save-bar";
import { about, useFirstProblem, useForm } from "../../app/use-form";
import { usePress } from "../../app/use-press";
import { Button, Confirm, Picker, Section, TagsInput, TextArea, TextField } from "../../ui";
import { Meanwhile, useMeanwhile } from "./meanwhile";
import { DOCUMENTS, Mark, One } from "./parts";
import { useDocument, useDocuments, useLabels } from "./queries";
import { useSpeech } from "./words";

const LONGEST = { title: 200, body: 300_000, category: 80, tag: 40 };
const MOST_TAGS = 20;

type Values = Pick<KnowledgeDocument, "title" | "body" | "type" | "tags"> & { category: string };

export function DocumentEditor({ id }: { id: string }) {
  const { t } = useSpeech();
  const document = useDocument(id);
  if (id === "new") return <NewDocument />;
  return (
    <Page title={document.data?.title ?? t.document} up={DOCUMENTS}>
      <One query={document} list={DOCUMENTS}>
        {(saved) => <SavedDocument saved={saved} />}
      </One>
    </Page>
  );
}

function NewDocument() {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const go = useGo();
  const all = useDocuments({ q: "", type: "", category: "", tag: "" });
  // The very first one is begun for them: what customers ask about most.
  const first = all.data?.pages[0]?.total === 0;
  const [blank] = useState<Values>({ title: "", body: "", type: "faq", category: "", tags: [] });
  const [made, setMade] = useState<string | null>(null);
  const form = useForm<Values>(blank, {
    send: async (changes) => {
      const body = { ...blank, ...changes };
      const created = await client.call("POST /documents", {
        body: { ...body, category: body.category || null },
      });
      queries.setQueryData(["document", created.id], created);
      void queries.invalidateQueries({ queryKey: ["documents"] });
      setMade(created.id);
    },
    done: t.docCreated,
  });
  const { dirty, set } = form;
  useEffect(() => {
    if (made && !dirty) go(DOCUMENTS, { replace: true });
  }, [made, dirty, go]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is known to be the first
  useEffect(() => {
    if (!first || dirty) return;
    set("title", t.deliveryTitle);
    set("type", "delivery");
  }, [first]);
  return (
    <Page title={t.newDocument} up={DOCUMENTS}>
      <Fields form={form} />
    </Page>
  );
}

function SavedDocument({ saved }: { saved: KnowledgeDocument }) {
  const { t, format } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const { id, version } = saved;
  const form = useForm<Values>(
    { ...saved, category: saved.category ?? "" },
    {
      send: async (changes) => {
        const { category, ...rest } = changes;
        const named = category === undefined ? {} : { category: category || null };
        const next = await client.call("PATCH /documents/{id}", {
          id,
          body: { ...rest, ...named, version },
        });
        queries.setQueryData(["document", id], next);
        void queries.invalidateQueries({ queryKey: ["documents"] });
      },
      done: t.saved,
      onConflict: () => void queries.invalidateQueries({ queryKey: ["document", id] }),
    },
  );
  const overtaken = useMeanwhile(version, form.dirty, form.saving);
  return (
    <>
      <p className="page-text">
        {t.changedAt(format.date(new Date(saved.changed_at)))} <Mark mark={saved.index} />
      </p>
      {overtaken && (
        <Meanwhile text={`${saved.title}\n\n${saved.body}`} onTakeTheirs={form.revert} />
      )}
      <Fields form={form} />
      <Removal saved={saved} onRemove={form.revert} />
    </>
  );
}

function Fields({ form }: { form: ReturnType<typeof useForm<Values>> }) {
  const { t } = useSpeech();
  const labels = useLabels();
  const element = useFirstProblem(form.problems);
  return (
    <form
      ref={element}
      onSubmit={(event) => {
        event.preventDefault();
        void form.save();
      }}
    >
      <Section title={t.document}>
        <TextField
          {...about(form, "title")}
          label={t.docTitle}
          text={t.docTitleText}
          max={LONGEST.title}
        />
        <TextArea
          {...about(form, "body")}
          label={t.docBody}
          text={t.docBodyText}
          max={LONGEST.body}
          rows={8}
        />
      </Section>
      <Section title={t.docOrder}>
        <Picker<DocumentType>
          {...about(form, "type")}
          label={t.docKind}
          text={t.docKindText}
          options={(["faq", "policy", "delivery", "returns"] as const).map((value) => ({
            value,
            label: t.docType[value] ?? value,
          }))}
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
      </Section>
      {form.dirty && <SaveBar saving={form.saving} save={form.save} revert={form.revert} />}
    </form>
  );
}

function Removal({ saved, onRemove }: { saved: KnowledgeDocument; onRemove: () => void }) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const go = useGo();
  const [asking, setAsking] = useState(false);
  const press = usePress([["documents"], ["index"]]);
  const remove = () =>
    press
      .mutateAsync({
        run: async () => {
          await client.call("DELETE /documents/{id}", { id: saved.id });
          onRemove();
          queries.removeQueries({ queryKey: ["document", saved.id] });
          go(DOCUMENTS, { replace: true });
        },
        done: t.removed,
      })
      .catch(() => {});
  return (
    <div className="page-gap">
      <Button danger kind="plain" icon="trash" onClick={() => setAsking(true)}>
        {t.remove}
      </Button>
      {asking && (
        <Confirm
          title={t.docDeleteTitle}
          text={t.docDeleteText(saved.title)}
          yes={t.remove}
          danger
          onYes={remove}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}
