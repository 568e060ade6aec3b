import { useEffect, useMemo, useRef } from "react";
import type { TenantSettings } from "../../api/types";
import { useUnsaved } from "../../app/leave-guard";
import { insideTelegram, showMainButton } from "../../telegram";
import { Button, Picker, Section, Stepper, TextField } from "../../ui";
import { currencies, timeZones, withOwn } from "./choices";
import { type Editable, useTenantForm } from "./use-tenant-form";
import { useSpeech } from "./words";

const LONGEST_NAME = 120;
const LONGEST_PAUSE = 30;

type Props = { saved: TenantSettings; editable: boolean };

/** The store's settings, grouped by what they change. */
export function SettingsForm({ saved, editable }: Props) {
  const { t, language } = useSpeech();
  const form = useTenantForm(saved);
  const { values } = form;
  const guarded = useMemo(
    () => (form.dirty ? { save: form.save, drop: form.revert } : null),
    [form.dirty, form.save, form.revert],
  );
  useUnsaved(guarded);
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (Object.keys(form.problems).length === 0) return;
    const bad = element.current?.querySelector<HTMLElement>(
      ".ui-field-bad input, .ui-field-bad select",
    );
    bad?.focus();
  }, [form.problems]);
  useTelegramSave(form.dirty, form.saving, form.save);

  /** What every control of the form shares. */
  const about = <K extends keyof Editable>(field: K) => ({
    value: values[field],
    problem: form.problems[field],
    disabled: !editable || form.saving,
    onChange: (value: Editable[K]) => form.set(field, value),
  });
  const pause = values.undo_seconds === 0 ? t.noPause : t.seconds(values.undo_seconds);

  return (
    <form
      ref={element}
      onSubmit={(event) => {
        event.preventDefault();
        void form.save();
      }}
    >
      {!editable && <p className="settings-note">{t.settingsReadOnly}</p>}
      <Section title={t.settingsGroupAnswers}>
        <Picker
          {...about("language")}
          label={t.settingLanguage}
          text={t.settingLanguageText}
          options={[
            { value: "ru", label: t.languageRu },
            { value: "en", label: t.languageEn },
          ]}
        />
        <Picker
          {...about("tone")}
          label={t.settingTone}
          text={t.settingToneText}
          options={[
            { value: "friendly", label: t.toneFriendly },
            { value: "formal", label: t.toneFormal },
          ]}
        />
        <Picker
          {...about("address_form")}
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
          {...about("default_mode")}
          label={t.settingMode}
          text={`${modeText(t, values.default_mode)} ${t.settingModeText}`}
          options={[
            { value: "learning", label: t.modeLearning },
            { value: "semi_auto", label: t.modeSemiAuto },
            { value: "auto", label: t.modeAuto },
          ]}
        />
        <Stepper
          {...about("undo_seconds")}
          label={t.settingUndo}
          text={t.settingUndoText}
          min={0}
          max={LONGEST_PAUSE}
          shown={pause}
        />
      </Section>
      <Section title={t.settingsGroupMoney}>
        <Picker
          {...about("currency")}
          label={t.settingCurrency}
          text={t.settingCurrencyText}
          options={withOwn(currencies(language), saved.currency)}
        />
        <Picker
          {...about("time_zone")}
          label={t.settingTimeZone}
          text={t.settingTimeZoneText}
          options={withOwn(timeZones(language), saved.time_zone)}
        />
      </Section>
      <Section title={t.settingsGroupStore}>
        <TextField
          {...about("name")}
          label={t.settingName}
          text={t.settingNameText}
          max={LONGEST_NAME}
        />
      </Section>
      {form.dirty && <SaveBar saving={form.saving} onRevert={form.revert} />}
    </form>
  );
}

/** Inside Telegram its own button saves; here only the way back is offered. */
function SaveBar({ saving, onRevert }: { saving: boolean; onRevert: () => void }) {
  const { t } = useSpeech();
  return (
    <div className="save-bar">
      <span role="status">{t.unsaved}</span>
      <Button disabled={saving} onClick={onRevert}>
        {t.revert}
      </Button>
      {!insideTelegram() && (
        <Button kind="main" type="submit" busy={saving}>
          {t.save}
        </Button>
      )}
    </div>
  );
}

function useTelegramSave(dirty: boolean, saving: boolean, save: () => Promise<boolean>): void {
  const { t } = useSpeech();
  useEffect(() => {
    if (!dirty) return;
    return showMainButton({ text: t.save, busy: saving }, () => void save());
  }, [dirty, saving, save, t]);
}

function modeText(t: ReturnType<typeof useSpeech>["t"], mode: Editable["default_mode"]): string {
  return { learning: t.modeLearningText, semi_auto: t.modeSemiAutoText, auto: t.modeAutoText }[
    mode
  ];
}
