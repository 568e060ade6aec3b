import { useQueryClient } from "@tanstack/react-query";
import type { PaceSettings } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { EditForm } from "../../app/edit-form";
import { Loaded } from "../../app/loaded";
import { about, useForm } from "../../app/use-form";
import { Advice, LineField, Picker, Section, Stepper, Switch, TextArea } from "../../ui";
import { usePace } from "./queries";
import { useSpeech } from "./words";

type Editable = Omit<PaceSettings, "flag_on" | "time_zone" | "examples" | "version">;

const LONGEST_NIGHT_TEXT = 1_000;
const MOST_TIMES = 20;

export function PacePart() {
  const pace = usePace();
  return <Loaded query={pace}>{(saved) => <PaceForm saved={saved} />}</Loaded>;
}

function PaceForm({ saved }: { saved: PaceSettings }) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const form = useForm<Editable>(saved, {
    send: async (changes) =>
      queries.setQueryData(
        ["tenant", "pace"],
        await client.call("PATCH /tenant/pace", { body: changes }),
      ),
    done: t.saved,
  });
  const { values } = form;
  const example = saved.examples.find(({ profile }) => profile === values.delay_profile);
  const disabled = form.saving;
  return (
    <EditForm form={form}>
      <p className="page-text page-gap">{t.paceLead}</p>
      {!saved.flag_on && (
        <div className="page-gap">
          <Advice kind="warn">{t.paceFlagOff}</Advice>
        </div>
      )}
      <Section title={t.humanPause}>
        <Switch
          label={t.pauseOn}
          text={t.pauseOnText}
          on={values.human_delay}
          disabled={disabled}
          onChange={(on) => form.set("human_delay", on)}
        />
        {values.human_delay && (
          <Picker
            {...about(form, "delay_profile")}
            label={t.profile}
            text={
              example
                ? t.profileExample(example.letters, example.least_seconds, example.most_seconds)
                : ""
            }
            options={(["short", "medium", "long"] as const).map((value) => ({
              value,
              label: t.profileName[value] ?? value,
            }))}
          />
        )}
        <Switch
          label={t.typing}
          text={t.typingText}
          on={values.typing_indicator}
          disabled={disabled}
          onChange={(on) => form.set("typing_indicator", on)}
        />
        <Switch
          label={t.waitHours}
          text={t.waitHoursText}
          on={values.wait_for_hours}
          disabled={disabled}
          onChange={(on) => form.set("wait_for_hours", on)}
        />
      </Section>
      <Section title={t.night}>
        <div className="two">
          <LineField
            {...about(form, "night_from")}
            type="time"
            label={t.nightFrom}
            text={t.nightFromText(saved.time_zone)}
          />
          <LineField
            {...about(form, "night_until")}
            type="time"
            label={t.nightUntil}
            text={t.nightUntilText}
          />
        </div>
        <Picker
          {...about(form, "night_mode")}
          label={t.nightMode}
          text={t.nightModeText[values.night_mode] ?? ""}
          options={(["auto_reply", "delay", "disable"] as const).map((value) => ({
            value,
            label: t.nightModeName[value] ?? value,
          }))}
        />
        {values.night_mode === "auto_reply" && (
          <TextArea
            {...about(form, "night_text")}
            label={t.nightTextLabel}
            text={t.nightTextText}
            max={LONGEST_NIGHT_TEXT}
            rows={3}
          />
        )}
        {values.night_mode === "delay" && (
          <Stepper
            {...about(form, "night_multiplier")}
            label={t.multiplier}
            text={t.multiplierText}
            min={1}
            max={MOST_TIMES}
            shown={t.times(String(values.night_multiplier))}
          />
        )}
      </Section>
    </EditForm>
  );
}
