import { serverNow } from "../../api/http";
import type { WorkingHours } from "../../api/types";
import { Button, IconButton } from "../../ui";
import { useSpeech } from "./words";

export type Holiday = NonNullable<WorkingHours["holidays"]>[number];

const MOST = 60;

/** Days and stretches of days the store is closed. */
export function Holidays(props: {
  value: Holiday[];
  problemAt: (index: number) => string | undefined;
  disabled: boolean;
  onChange: (value: Holiday[]) => void;
}) {
  const { t } = useSpeech();
  const { value, disabled } = props;
  const set = (at: number, change: Partial<Holiday>) =>
    props.onChange(value.map((each, index) => (index === at ? { ...each, ...change } : each)));
  const add = () => {
    const today = new Date(serverNow()).toISOString().slice(0, 10);
    props.onChange([...value, { from: today, until: today, name: "" }]);
  };
  return (
    <>
      {value.map((holiday, index) => {
        const problem = props.problemAt(index);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a holiday is its place until it is saved
          <div className={`holiday${problem ? " span-bad" : ""}`} key={index}>
            <label>
              <span className="ui-cell-name">{t.holidayFrom}</span>
              <input
                type="date"
                className="ui-cell"
                value={holiday.from}
                disabled={disabled}
                onChange={(event) => set(index, { from: event.target.value })}
              />
            </label>
            <label>
              <span className="ui-cell-name">{t.holidayUntil}</span>
              <input
                type="date"
                className="ui-cell"
                value={holiday.until}
                aria-invalid={problem !== undefined}
                disabled={disabled}
                onChange={(event) => set(index, { until: event.target.value })}
              />
            </label>
            <IconButton
              icon="trash"
              label={t.removeHoliday}
              disabled={disabled}
              onClick={() => props.onChange(value.filter((_, each) => each !== index))}
            />
            <label>
              <span className="ui-cell-name">{t.holidayName}</span>
              <input
                className="ui-cell"
                value={holiday.name ?? ""}
                maxLength={80}
                disabled={disabled}
                onChange={(event) => set(index, { name: event.target.value })}
              />
            </label>
            {problem && (
              <p className="holiday-bad" role="alert">
                {problem}
              </p>
            )}
          </div>
        );
      })}
      {value.length < MOST && (
        <div className="week-foot">
          <Button kind="plain" size="s" icon="plus" disabled={disabled} onClick={add}>
            {t.addHoliday}
          </Button>
        </div>
      )}
    </>
  );
}
