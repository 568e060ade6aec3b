import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { Problem } from "../../api/problem";
import type { AutosendSettings, Mode } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { EditForm } from "../../app/edit-form";
import { problemText } from "../../app/problem-text";
import { about, useForm } from "../../app/use-form";
import { Confirm, CurveSlider, Picker, Section, Stepper, Switch, useNotify } from "../../ui";
import { type Dictionary, useSpeech } from "./words";

type Editable = Omit<
  AutosendSettings,
  "version" | "licence_waived_at" | "intents_autosend_allowed" | "intents_force_handoff"
>;

const LONGEST_HOLD = 600;

/** The store's permission and the thresholds; what is risky is asked about once. */
export function AutosendForm({ saved }: { saved: AutosendSettings }) {
  const { t, format } = useSpeech();
  const { client, can } = useSignedIn();
  const notify = useNotify();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<"allow" | "waive" | null>(null);
  const confirmed = useRef(false);
  const form = useForm<Editable>(saved, {
    send: async (changes) => {
      await client.call("PATCH /tenant/autosend", {
        body: { ...changes, ...(confirmed.current && { confirmed: true }) },
      });
      confirmed.current = false;
      await queries.invalidateQueries({ queryKey: ["autosend"] });
      void queries.invalidateQueries({ queryKey: ["tenant"] });
    },
    done: t.saved,
    onConflict: (problem: Problem) => {
      if (problem.code === "autosend.confirm_first") setAsking("waive");
      else notify(problemText(t, problem), true);
    },
  });
  const { values } = form;
  const percent = format.percent.bind(format);
  const editable = can("MANAGE_AUTOSEND");
  const disabled = !editable || form.saving;
  return (
    <EditForm form={form}>
      <Section title={t.permission}>
        <Switch
          label={t.storeAllows}
          text={t.storeAllowsText}
          problem={form.problems.autosend_allowed}
          on={values.autosend_allowed}
          disabled={disabled}
          onChange={(on) => {
            if (on && !saved.autosend_allowed) setAsking("allow");
            else form.set("autosend_allowed", on);
          }}
        />
        <CurveSlider
          {...about(form, "t_auto", editable)}
          label={t.tAuto}
          text={t.tAutoText}
          min={0}
          max={1}
          step={0.01}
          shown={percent(values.t_auto)}
          curves={[]}
        />
        <CurveSlider
          {...about(form, "t_escale", editable)}
          label={t.tEscale}
          text={t.tEscaleText}
          min={0}
          max={1}
          step={0.01}
          shown={percent(values.t_escale)}
          curves={[]}
        />
        <CurveSlider
          {...about(form, "autosend_alpha", editable)}
          label={t.alpha}
          text={t.alphaText}
          min={0.01}
          max={0.2}
          step={0.01}
          shown={percent(values.autosend_alpha)}
          curves={[]}
        />
        <Stepper
          {...about(form, "hold_seconds", editable)}
          label={t.hold}
          text={t.holdText}
          min={0}
          max={LONGEST_HOLD}
          step={5}
          shown={values.hold_seconds === 0 ? t.noPause : t.secondsLong(values.hold_seconds)}
        />
        <Picker<Mode>
          {...about(form, "default_mode", can("MANAGE_TENANT_SETTINGS"))}
          label={t.settingMode}
          text={`${modeText(t, values.default_mode)} ${t.settingModeText}`}
          options={[
            { value: "learning", label: t.modeLearning },
            { value: "semi_auto", label: t.modeSemiAuto },
            { value: "auto", label: t.modeAuto },
          ]}
        />
        <Switch
          label={t.withoutLicence}
          text={
            saved.licence_waived_at && values.autosend_without_licence
              ? `${t.withoutLicenceText} ${t.waivedAt(format.date(new Date(saved.licence_waived_at)))}`
              : t.withoutLicenceText
          }
          problem={form.problems.autosend_without_licence}
          on={values.autosend_without_licence}
          disabled={disabled}
          onChange={(on) => form.set("autosend_without_licence", on)}
        />
      </Section>
      {asking === "allow" && (
        <Confirm
          title={t.allowTitle}
          text={t.allowText}
          yes={t.allowYes}
          onYes={async () => form.set("autosend_allowed", true)}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === "waive" && (
        <Confirm
          title={t.waiveTitle}
          text={t.waiveText}
          yes={t.waiveYes}
          danger
          onYes={() => {
            confirmed.current = true;
            return form.save();
          }}
          onClose={() => setAsking(null)}
        />
      )}
    </EditForm>
  );
}

function modeText(t: Dictionary, mode: Mode): string {
  return { learning: t.modeLearningText, semi_auto: t.modeSemiAutoText, auto: t.modeAutoText }[
    mode
  ];
}
