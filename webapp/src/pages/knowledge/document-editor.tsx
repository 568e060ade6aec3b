import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { KnowledgeDocument } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { EditForm } from "../../app/edit-form";
import { Page } from "../../app/page";
import { about, type Form, useForm } from "../../app/use-form";
import { Section, TextArea, TextField } from "../../ui";
import { DocumentOrder, LONGEST } from "./document-order";
import { Saved, useMade } from "./editor";
import { DOCUMENTS, One } from "./parts";
import { useDocument, useDocuments } from "./queries";
import { useSpeech } from "./words";

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
  const all = useDocuments({ q: "", type: "", category: "", tag: "" });
  // The very first one is begun for them: what customers ask about most.
  const first = all.data?.pages[0]?.total === 0;
  const [blank] = useState<Values>({ title: "", body: "", type: "faq", category: "", tags: [] });
  const form = useForm<Values>(blank, {
    send: async (changes) => {
      const body = { ...blank, ...changes };
      const created = await client.call("POST /documents", {
        body: { ...body, category: body.category || null },
      });
      queries.setQueryData(["document", created.id], created);
      void queries.invalidateQueries({ queryKey: ["documents"] });
      made();
    },
    done: t.docCreated,
  });
  const { dirty, set } = form;
  const made = useMade(DOCUMENTS, dirty);
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
  const { t } = useSpeech();
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
  return (
    <Saved
      saved={saved}
      form={form}
      told={`${saved.title}\n\n${saved.body}`}
      removal={{
        what: ["document", id],
        list: DOCUMENTS,
        title: t.docDeleteTitle,
        text: t.docDeleteText(saved.title),
        remove: () => client.call("DELETE /documents/{id}", { id }),
      }}
    >
      <Fields form={form} />
    </Saved>
  );
}

function Fields({ form }: { form: Form<Values> }) {
  const { t } = useSpeech();
  return (
    <EditForm form={form}>
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
        <DocumentOrder form={form} />
      </Section>
    </EditForm>
  );
}
