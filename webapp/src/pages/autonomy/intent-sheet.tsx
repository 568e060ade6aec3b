import { useState } from "react";
import type { AutosendSettings, Certificate, IntentStanding } from "../../api/types";
import { intentName } from "../../app/code-words";
import { useSignedIn } from "../../app/context";
import { usePress } from "../../app/use-press";
import { Button, Confirm, Figures, Progress, Sheet, Switch } from "../../ui";
import { standingWords } from "./intents";
import { useCertificates } from "./queries";
import { useSpeech } from "./words";

type Props = {
  standing: IntentStanding;
  settings: AutosendSettings;
  onClose: () => void;
};

/** One kind of question: allowed or not, its licence, and how its quality is watched. */
export function IntentSheet(props: Props) {
  const { t, format } = useSpeech();
  const { standing } = props;
  const { certificate, breaker, intent } = standing;
  const percent = format.percent.bind(format);
  return (
    <Sheet title={intentName(t, intent) ?? intent} onClose={props.onClose}>
      <div className="intent-sheet">
        <p>{standingWords(t, standing, percent)}</p>
        {certificate ? (
          <CertificateView certificate={certificate} />
        ) : (
          <p className="hint">{t.labelled(standing.labels, standing.errors)}</p>
        )}
        {breaker && (
          <div className="breaker">
            <Progress
              label={t.breaker}
              done={breaker.height}
              total={breaker.trips_at}
              shown={
                breaker.tripped_at
                  ? t.trippedAt(format.date(new Date(breaker.tripped_at)))
                  : breaker.errors === 0
                    ? t.breakerCalm
                    : t.breakerAt(percent(Math.min(1, breaker.height / breaker.trips_at)))
              }
            />
            <p className="hint">{t.breakerText(breaker.audits, breaker.errors)}</p>
          </div>
        )}
        <Permissions {...props} />
        <Licence {...props} />
        <History intent={intent} />
      </div>
    </Sheet>
  );
}

function CertificateView({ certificate }: { certificate: Certificate }) {
  const { t, format } = useSpeech();
  const issued = format.date(new Date(certificate.issued_at));
  return (
    <>
      <Figures
        label={t.certificate}
        figures={[
          { label: t.certThreshold, value: format.percent(certificate.threshold) },
          { label: t.certLabels, value: format.whole(certificate.n) },
          { label: t.certErrors, value: format.whole(certificate.k) },
          { label: t.certLimit, value: format.percent(certificate.alpha) },
        ]}
      />
      <p className="hint">
        {certificate.issued_by
          ? t.certIssued(certificate.issued_by, issued)
          : t.certIssuedAuto(issued)}
        {". "}
        {t.certUntil(format.date(new Date(certificate.expires_at)))}{" "}
        {t.certModel(certificate.model)}.
      </p>
    </>
  );
}

function Permissions({ standing, settings }: Props) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const press = usePress([["autosend"], ["tenant"]]);
  const { intent } = standing;
  const toggled = (list: readonly string[], on: boolean) =>
    on ? [...list, intent] : list.filter((each) => each !== intent);
  const handoff = settings.intents_force_handoff.includes(intent);
  const change = (body: Parameters<typeof client.call<"PATCH /tenant/autosend">>[1]["body"]) =>
    press.mutate({ run: () => client.call("PATCH /tenant/autosend", { body }) });
  return (
    <div className="intent-switches">
      <Switch
        label={t.allowIntent}
        text={t.allowIntentText}
        on={settings.intents_autosend_allowed.includes(intent) && !handoff}
        disabled={press.isPending || handoff}
        onChange={(on) =>
          change({ intents_autosend_allowed: toggled(settings.intents_autosend_allowed, on) })
        }
      />
      <Switch
        label={t.handoffIntent}
        text={t.handoffIntentText}
        on={handoff}
        disabled={press.isPending}
        onChange={(on) =>
          change({ intents_force_handoff: toggled(settings.intents_force_handoff, on) })
        }
      />
    </div>
  );
}

/** Issuing and withdrawing: each says first what will follow. */
function Licence({ standing }: Props) {
  const { t, format } = useSpeech();
  const { client } = useSignedIn();
  const [asking, setAsking] = useState<"issue" | "withdraw" | null>(null);
  const press = usePress([["autosend"]]);
  const { intent, certificate, reachable, missing } = standing;
  const run = (act: () => Promise<unknown>, done: string) =>
    press.mutateAsync({ run: act, done }).catch(() => {});
  // An answered question ends when all is read anew: the next may be open by then.
  const end = (question: "issue" | "withdraw") =>
    setAsking((now) => (now === question ? null : now));
  return (
    <div className="choices">
      {!certificate && missing === 0 && reachable !== null && (
        <Button kind="main" size="l" wide onClick={() => setAsking("issue")}>
          {t.issue}
        </Button>
      )}
      {certificate && (
        <Button danger size="l" wide onClick={() => setAsking("withdraw")}>
          {t.withdraw}
        </Button>
      )}
      {asking === "issue" && (
        <Confirm
          title={t.issueTitle}
          text={t.issueText(intentName(t, intent) ?? intent, format.percent(reachable ?? 1))}
          yes={t.issue}
          onYes={() =>
            run(() => client.call("POST /autosend/{id}/certificate", { id: intent }), t.issued)
          }
          onClose={() => end("issue")}
        />
      )}
      {asking === "withdraw" && (
        <Confirm
          title={t.withdrawTitle}
          text={t.withdrawText}
          yes={t.withdraw}
          danger
          onYes={() =>
            run(() => client.call("DELETE /autosend/{id}/certificate", { id: intent }), t.withdrawn)
          }
          onClose={() => end("withdraw")}
        />
      )}
    </div>
  );
}

function History({ intent }: { intent: string }) {
  const { t, format } = useSpeech();
  const certificates = useCertificates(intent);
  const ended = (certificates.data?.items ?? []).filter((each) => each.ended_at);
  if (ended.length === 0) return null;
  return (
    <details className="history">
      <summary>{t.history}</summary>
      <ul>
        {ended.map((each) => (
          <li key={each.id}>
            {format.percent(each.threshold)} · {t.labelled(each.n, each.k)} ·{" "}
            {t.ended[each.ended_why ?? ""]} {each.ended_at && format.date(new Date(each.ended_at))}
          </li>
        ))}
      </ul>
    </details>
  );
}
