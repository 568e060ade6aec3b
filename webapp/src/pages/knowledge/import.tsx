import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Problem } from "../../api/problem";
import type { Import } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { useGo } from "../../app/leave-guard";
import { Page } from "../../app/page";
import { problemText } from "../../app/problem-text";
import { usePress } from "../../app/use-press";
import { Advice, Button, FilePicker, Icon, Progress, Steps } from "../../ui";
import { ImportCheck } from "./import-check";
import { ImportColumns } from "./import-columns";
import { ImportDocument } from "./import-document";
import { ImportResultPage } from "./import-result";
import { DOCUMENTS, IMPORTS, One, PRODUCTS } from "./parts";
import { useImport } from "./queries";
import { type Dictionary, useSpeech } from "./words";

const MEGABYTE = 1024 * 1024;
const LARGEST = 20 * MEGABYTE;
const ACCEPT = {
  products: ".csv,.tsv,.txt,.xlsx",
  documents: ".txt,.md,.pdf,.docx",
};

export const listOf = (kind: Import["kind"]) => (kind === "products" ? PRODUCTS : DOCUMENTS);

const stepsOf = (t: Dictionary, kind: Import["kind"]) =>
  kind === "products"
    ? [t.stepFile, t.stepColumns, t.stepCheck, t.stepDone]
    : [t.stepFile, t.stepDocument, t.stepDone];

/** The first step: a file, sent with its progress in sight. */
export function ImportStart({ kind }: { kind: Import["kind"] }) {
  const { t, format } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const go = useGo();
  const [going, setGoing] = useState<{ file: File; share: number } | null>(null);
  const [problem, setProblem] = useState<string>();
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  const send = async (file: File) => {
    if (file.size > LARGEST) {
      setProblem(t.tooLarge(format.bytes(LARGEST)));
      return;
    }
    setProblem(undefined);
    setGoing({ file, share: 0 });
    stop.current = new AbortController();
    try {
      const made = await client.upload("POST /imports", {
        query: { kind },
        file,
        onProgress: (share) => setGoing({ file, share }),
        signal: stop.current.signal,
      });
      queries.setQueryData(["import", made.id], made);
      void queries.invalidateQueries({ queryKey: ["imports"] });
      go(`${IMPORTS}/${made.id}`, { replace: true });
    } catch (error) {
      setGoing(null);
      if (error instanceof Problem) setProblem(problemText(t, error));
    }
  };

  const products = kind === "products";
  return (
    <Page title={products ? t.importProducts : t.importDocuments} up={listOf(kind)}>
      <div className="page-gap">
        <Steps label={t.importSteps} steps={stepsOf(t, kind)} at={0} />
        {going ? (
          <div className="page-stack">
            <FileLine name={going.file.name} size={going.file.size} />
            <Progress
              label={t.uploading}
              done={going.share}
              total={1}
              shown={format.percent(going.share)}
            />
            <div className="page-buttons">
              <Button onClick={() => stop.current?.abort()}>{t.stopUpload}</Button>
            </div>
          </div>
        ) : (
          <FilePicker
            label={products ? t.pickProducts : t.pickDocument}
            text={products ? t.pickProductsText : t.pickDocumentText}
            accept={ACCEPT[kind]}
            problem={problem}
            onPick={(file) => void send(file)}
          />
        )}
      </div>
    </Page>
  );
}

export function FileLine({ name, size }: { name: string; size: number }) {
  const { format } = useSpeech();
  return (
    <p className="import-file">
      <Icon name="file" size={22} />
      <b>{name}</b>
      <span>{format.bytes(size)}</span>
    </p>
  );
}

/** An import wherever it stands; it can be left and come back to. */
export function ImportPage({ id }: { id: string }) {
  const { t } = useSpeech();
  const found = useImport(id);
  const kind = found.data?.kind ?? "products";
  return (
    <Page
      title={kind === "products" ? t.importProducts : t.importDocuments}
      up={IMPORTS}
      wide={kind === "products"}
    >
      <div className="page-gap">
        <One query={found} list={IMPORTS}>
          {(data) => <Stage of={data} />}
        </One>
      </div>
    </Page>
  );
}

function Stage({ of }: { of: Import }) {
  const { t } = useSpeech();
  const missing = (of.table?.missing.length ?? 0) > 0;
  const [wish, setWish] = useState<"columns" | "check">("columns");
  const steps = stepsOf(t, of.kind);
  const atCheck = wish === "check" && !missing;
  const at = of.kind === "products" && atCheck ? 2 : 1;
  const settled = of.state === "done" || of.state === "failed" || of.state === "cancelled";
  const last = steps.length - 1;
  return (
    <>
      <Steps
        label={t.importSteps}
        steps={steps}
        at={settled || of.state === "applying" ? last : at}
      />
      <FileLine name={of.file_name} size={of.file_size} />
      {(settled || of.state === "applying") && <ImportResultPage of={of} />}
      {of.state === "uploaded" && <Reading of={of} again={wish === "check"} />}
      {of.state === "previewed" && of.document && <ImportDocument of={of} />}
      {of.state === "previewed" &&
        of.table &&
        (atCheck ? (
          <ImportCheck of={of} onBack={() => setWish("columns")} />
        ) : (
          <ImportColumns of={of} table={of.table} onNext={() => setWish("check")} />
        ))}
      {!settled && of.state !== "applying" && <Cancel of={of} />}
    </>
  );
}

function Reading({ of, again }: { of: Import; again: boolean }) {
  const { t } = useSpeech();
  const { done, total } = of.progress;
  return (
    <div className="page-stack">
      <Progress
        label={again ? t.checking : t.reading}
        done={done}
        total={total || null}
        shown={total ? t.ofTotal(String(done), String(total)) : ""}
      />
      <Advice>{t.checkText}</Advice>
    </div>
  );
}

function Cancel({ of }: { of: Import }) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const go = useGo();
  const press = usePress([["import", of.id], ["imports"]]);
  const cancel = () =>
    press.mutate({
      run: async () => {
        await client.call("DELETE /imports/{id}", { id: of.id });
        go(listOf(of.kind));
      },
      done: t.importCancelled,
    });
  return (
    <div className="page-gap">
      <Button kind="plain" size="s" busy={press.isPending} onClick={cancel}>
        {t.cancelImport}
      </Button>
    </div>
  );
}
