import type { FieldProblem } from "../../api/types";
import { Button, IconButton } from "../../ui";
import { useSpeech } from "./words";

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export const WORKDAYS = DAYS.slice(0, 5);

export type Shift = { open: string; close: string; breaks?: string[][] };
export type Week = Record<string, Shift | null>;

const MOST_BREAKS = 4;
const LUNCH = ["13:00", "14:00"];

// A time field knows no 24:00; the API tells the end of a day by it.
const shownClose = (close: string) => (close === "24:00" ? "00:00" : close);
const givenClose = (close: string) => (close === "00:00" ? "24:00" : close);

/** One day of the week: closed, or open from when to when, with breaks. */
export function Day(props: {
  name: string;
  shift: Shift | null;
  /** What a day that opens starts with. */
  usual: Shift;
  problem: FieldProblem | undefined;
  disabled: boolean;
  onChange: (shift: Shift | null) => void;
}) {
  const { t } = useSpeech();
  const { name, shift, disabled, onChange, problem } = props;
  const breaks = shift?.breaks ?? [];
  const setBreak = (at: number, span: string[]) =>
    shift &&
    onChange({ ...shift, breaks: breaks.map((each, index) => (index === at ? span : each)) });
  return (
    <div className="day">
      <label>
        <input
          type="checkbox"
          checked={shift !== null}
          disabled={disabled}
          onChange={(event) => onChange(event.target.checked ? props.usual : null)}
        />
        {name}
      </label>
      {shift === null && <span className="day-off">{t.dayOff}</span>}
      {shift && (
        <>
          {breaks.length < MOST_BREAKS ? (
            <Button
              kind="plain"
              size="s"
              icon="plus"
              disabled={disabled}
              onClick={() => onChange({ ...shift, breaks: [...breaks, LUNCH] })}
            >
              {t.addBreak}
            </Button>
          ) : (
            <span />
          )}
          <div className="spans">
            <Span
              from={shift.open}
              until={shownClose(shift.close)}
              labels={[t.opens(name), t.closes(name)]}
              bad={problem !== undefined && !problem.field.includes("breaks")}
              disabled={disabled}
              onChange={(open, close) => onChange({ ...shift, open, close: givenClose(close) })}
            />
            {breaks.map(([from = "", until = ""], index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a break is its place in the day
              <div className="span" key={index}>
                <span className="hint">{t.addBreak}</span>
                <Span
                  from={from}
                  until={until}
                  labels={[t.breakFrom(name), t.breakUntil(name)]}
                  bad={problem?.field.includes(`breaks.${index}`) ?? false}
                  disabled={disabled}
                  onChange={(a, b) => setBreak(index, [a, b])}
                />
                <IconButton
                  icon="close"
                  label={t.removeBreak}
                  disabled={disabled}
                  onClick={() =>
                    onChange({ ...shift, breaks: breaks.filter((_, each) => each !== index) })
                  }
                />
              </div>
            ))}
          </div>
        </>
      )}
      {problem && (
        <p className="day-problem" role="alert">
          {problem.detail}
        </p>
      )}
    </div>
  );
}

function Span(props: {
  from: string;
  until: string;
  labels: readonly [string, string];
  bad: boolean;
  disabled: boolean;
  onChange: (from: string, until: string) => void;
}) {
  return (
    <span className={`span${props.bad ? " span-bad" : ""}`}>
      <input
        type="time"
        className="ui-cell"
        aria-label={props.labels[0]}
        aria-invalid={props.bad}
        value={props.from}
        disabled={props.disabled}
        onChange={(event) => props.onChange(event.target.value, props.until)}
      />
      –
      <input
        type="time"
        className="ui-cell"
        aria-label={props.labels[1]}
        aria-invalid={props.bad}
        value={props.until}
        disabled={props.disabled}
        onChange={(event) => props.onChange(props.from, event.target.value)}
      />
    </span>
  );
}
