import { useQueryClient } from "@tanstack/react-query";
import type { TenantSettings } from "../../api/types";
import { currencies, timeZones, withOwn } from "../../app/choices";
import { useSignedIn } from "../../app/context";
import { EditForm } from "../../app/edit-form";
import { about, useForm } from "../../app/use-form";
import { Picker, Section, Stepper, TextField } from "../../ui";
import { type Dictionary, useSpeech } from "./words";

type Editable = Pick<
  TenantSettings,
  | "name"
  | "language"
  | "tone"
  | "address_form"
  | "currency"
  | "time_zone"
  | "default_mode"
  | "undo_seconds"
>;

const LONGEST_NAME = 120;
const LONGEST_PAUSE = 30;

type Props = { saved: TenantSettings; editable: boolean };

/** The store's settings, grouped by what they change. */
export function SettingsForm({ saved, editable }: Props) {
  const { t, language } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const form = useForm<Editable>(saved, {
    send: async (changes) =>
      queries.setQueryData(["tenant"], await client.call("PATCH /tenant", { body: changes })),
    done: t.saved,
  });
  const { values } = form;
  const field = <K extends keyof Editable>(name: K) => about(form, name, editable);
  const pause = values.undo_seconds === 0 ? t.noPause : t.seconds(values.undo_seconds);

  return (
    <EditForm form={form}>
      {!editable && <p className="settings-note">{t.settingsReadOnly}</p>}
      <Section title={t.settingsGroupAnswers}>
        <Picker
          {...field("language")}
          label={t.settingLanguage}
          text={t.settingLanguageText}
          options={[
            { value: "ru", label: t.languageRu },
            { value: "en", label: t.languageEn },
          ]}
        />
        <Picker
          {...field("tone")}
          label={t.settingTone}
          text={t.settingToneText}
          options={[
            { value: "friendly", label: t.toneFriendly },
            { value: "formal", label: t.toneFormal },
          ]}
        />
        <Picker
          {...field("address_form")}
          label={t.settingAddress}
          text={t.settingAddressText}
          options={[
            { value: "vy", label: t.addressVy },
            { value: "ty", label: t.addressTy },
          ]}
        />
      </Section>
      <Section title={t.settingsGroupAuto}>
        <Picker
          {...field("default_mode")}
          label={t.settingMode}
          text={`${modeText(t, values.default_mode)} ${t.settingModeText}`}
          options={[
            { value: "learning", label: t.modeLearning },
            { value: "semi_auto", label: t.modeSemiAuto },
            { value: "auto", label: t.modeAuto },
          ]}
        />
        <Stepper
          {...field("undo_seconds")}
          label={t.settingUndo}
          text={t.settingUndoText}
          min={0}
          max={LONGEST_PAUSE}
          shown={pause}
        />
      </Section>
      <Section title={t.settingsGroupMoney}>
        <Picker
          {...field("currency")}
          label={t.settingCurrency}
          text={t.settingCurrencyText}
          options={withOwn(currencies(language), saved.currency)}
        />
        <Picker
          {...field("time_zone")}
          label={t.settingTimeZone}
          text={t.settingTimeZoneText}
          options={withOwn(timeZones(language), saved.time_zone)}
        />
      </Section>
      <Section title={t.settingsGroupStore}>
        <TextField
          {...field("name")}
          label={t.settingName}
          text={t.settingNameText}
          max={LONGEST_NAME}
        />
      </Section>
    </EditForm>
  );
}

function modeText(t: Dictionary, mode: Editable["default_mode"]): string {
  return { learning: t.modeLearningText, semi_auto: t.modeSemiAutoText, auto: t.modeAutoText }[
    mode
  ];
}
