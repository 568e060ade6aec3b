import { useQueryClient } from "@tanstack/react-query";
import type { WorkingHours } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { EditForm } from "../../app/edit-form";
import { Loaded } from "../../app/loaded";
import { useForm } from "../../app/use-form";
import { Button, Section, Switch } from "../../ui";
import { DAYS, Day, type Week, WORKDAYS } from "./day";
import { type Holiday, Holidays } from "./holidays";
import { useHours } from "./queries";
import { useSpeech } from "./words";

type Editable = { days: Week | null; holidays: Holiday[] };

const USUAL = { open: "09:00", close: "18:00", breaks: [] };
const USUAL_WEEK: Week = {
  mon: USUAL,
  tue: USUAL,
  wed: USUAL,
  thu: USUAL,
  fri: USUAL,
  sat: null,
  sun: null,
};

export function HoursPart() {
  const hours = useHours();
  return <Loaded query={hours}>{(saved) => <HoursForm saved={saved} />}</Loaded>;
}

function HoursForm({ saved }: { saved: WorkingHours }) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const begun: Editable = {
    days: (saved.days ?? null) as Week | null,
    holidays: saved.holidays ?? [],
  };
  const form = useForm<Editable>(begun, {
    // Hours are one whole: half a week of one person's and half of another's fits nobody.
    send: async (changes) =>
      queries.setQueryData(
        ["tenant", "hours"],
        await client.call("PUT /tenant/hours", { body: { ...begun, ...changes } }),
      ),
    done: t.saved,
    fieldOf: (name) => (name.includes("holidays") ? "holidays" : "days"),
  });
  const { days, holidays } = form.values;
  const disabled = form.saving;
  const set = (day: string, shift: Week[string]) => form.set("days", { ...days, [day]: shift });
  const problemAt = (place: string) =>
    form.refused.find(({ field }) => field.includes(`${place}.`) || field.endsWith(place));
  return (
    <EditForm form={form}>
      <p className="page-text page-gap">{t.hoursLead}</p>
      <Section title={t.week}>
        <Switch
          label={t.aroundClock}
          text={t.aroundClockText}
          on={days === null}
          disabled={disabled}
          onChange={(on) => form.set("days", on ? null : (begun.days ?? USUAL_WEEK))}
        />
        {days !== null && (
          <>
            <div className="week">
              {DAYS.map((day) => (
                <Day
                  key={day}
                  name={t.weekday[day] ?? day}
                  shift={days[day] ?? null}
                  usual={days.mon ?? USUAL}
                  problem={problemAt(`days.${day}`)}
                  disabled={disabled}
                  onChange={(shift) => set(day, shift)}
                />
              ))}
            </div>
            <div className="week-foot">
              <Button
                kind="plain"
                size="s"
                disabled={disabled || !days.mon}
                onClick={() =>
                  form.set("days", {
                    ...days,
                    ...Object.fromEntries(WORKDAYS.map((day) => [day, days.mon ?? null])),
                  })
                }
              >
                {t.copyToWorkdays}
              </Button>
            </div>
          </>
        )}
      </Section>
      <Section title={t.holidays} note={t.holidaysText}>
        <Holidays
          value={holidays}
          problemAt={(index) => problemAt(`holidays.${index}`)?.detail}
          disabled={disabled}
          onChange={(next) => form.set("holidays", next)}
        />
      </Section>
    </EditForm>
  );
}
