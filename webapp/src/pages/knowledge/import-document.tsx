import { useQueryClient } from "@tanstack/react-query";
import type { Import } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { about, useForm } from "../../app/use-form";
import { Advice, Button, Section, TextField } from "../../ui";
import { DocumentOrder, LONGEST } from "./document-order";
import { useApply } from "./import-check";
import { useSpeech } from "./words";

type Read = NonNullable<Import["document"]>;
type Values = Pick<Read, "title" | "type" | "tags"> & { category: string };

/** What was read from a file, to be named before it is taken. */
export function ImportDocument({ of }: { of: Import }) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const apply = useApply(of);
  const read = of.document as Read;
  const form = useForm<Values>(
    { ...read, category: read.category ?? "" },
    {
      send: async ({ category, ...rest }) => {
        const named = category === undefined ? {} : { category: category || null };
        const next = await client.call("PATCH /imports/{id}", {
          id: of.id,
          body: { version: of.version, document: { ...rest, ...named } },
        });
        queries.setQueryData(["import", of.id], next);
      },
      done: t.saved,
    },
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (form.dirty) void form.save();
        else apply.start(false);
      }}
    >
      {read.replaces && (
        <Advice kind="warn" icon="refresh">
          {t.replaces}
        </Advice>
      )}
      <Section title={t.document} note={t.signs(read.characters)}>
        <TextField
          {...about(form, "title")}
          label={t.docTitle}
          text={t.docTitleText}
          max={LONGEST.title}
        />
        <DocumentOrder form={form} />
      </Section>
      <Section title={t.opening}>
        <p className="opening" dir="auto">
          {read.opening}
        </p>
      </Section>
      <div className="page-stack">
        <Button kind="main" size="l" wide type="submit" busy={form.saving || apply.isPending}>
          {form.dirty ? t.save : read.replaces ? t.replaceDocument : t.addDocument}
        </Button>
      </div>
    </form>
  );
}
