import { Field } from "./field";
import "./forms.css";

/** A line over the scale: points from left to right, `y` from 0 to 1. */
export type Curve = {
  name: string;
  tone: "good" | "bad";
  points: readonly { x: number; y: number }[];
};

const HEIGHT = 64;

/** A threshold on a scale, under the curves of what follows from each of its values. */
export function CurveSlider(props: {
  label: string;
  text: string;
  problem?: string | undefined;
  value: number;
  min: number;
  max: number;
  step: number;
  shown: string;
  curves: readonly Curve[];
  disabled: boolean;
  onChange: (value: number) => void;
}) {
  const { min, max, value, curves } = props;
  const at = (x: number) => ((x - min) / (max - min)) * 100;
  return (
    <Field {...props}>
      {(ids) => (
        <div className="ui-curve">
          {curves.length > 0 && (
            <>
              <svg
                viewBox={`0 0 100 ${HEIGHT}`}
                preserveAspectRatio="none"
                aria-hidden="true"
                focusable="false"
              >
                <rect className="ui-curve-kept" x="0" y="0" width={at(value)} height={HEIGHT} />
                {curves.map((curve) => (
                  <path
                    key={curve.name}
                    className={`ui-curve-${curve.tone}`}
                    d={path(curve.points, at)}
                    vectorEffect="non-scaling-stroke"
                  />
                ))}
                <line
                  x1={at(value)}
                  x2={at(value)}
                  y1="0"
                  y2={HEIGHT}
                  vectorEffect="non-scaling-stroke"
                />
              </svg>
              <ul className="ui-curve-names">
                {curves.map((curve) => (
                  <li key={curve.name} className={`ui-curve-${curve.tone}`}>
                    {curve.name}
                  </li>
                ))}
              </ul>
            </>
          )}
          <div className="ui-stepper">
            <input
              id={ids.control}
              type="range"
              min={min}
              max={max}
              step={props.step}
              value={value}
              disabled={props.disabled}
              aria-describedby={ids.note}
              aria-valuetext={props.shown}
              onChange={(event) => props.onChange(Number(event.target.value))}
            />
            <output htmlFor={ids.control}>{props.shown}</output>
          </div>
        </div>
      )}
    </Field>
  );
}

// The value between two points holds until the next: thresholds jump, they do not slope.
function path(points: Curve["points"], at: (x: number) => number): string {
  const y = (share: number) => (HEIGHT - 2 - share * (HEIGHT - 4)).toFixed(1);
  return points
    .map((point, index) => {
      const x = at(point.x).toFixed(2);
      return index === 0 ? `M${x} ${y(point.y)}` : `H${x}V${y(point.y)}`;
    })
    .join("");
}
