import type { ReactNode } from "react";
import "./lists.css";

export type Column<T> = {
  key: string;
  heading: string;
  number?: boolean;
  cell: (row: T) => ReactNode;
};

/** Rows of a report; the first column names the row and stays while the rest scrolls. */
export function Table<T>(props: {
  caption: string;
  columns: readonly [Column<T>, ...Column<T>[]];
  rows: readonly T[];
  keyOf: (row: T) => string | number;
}) {
  const [first, ...rest] = props.columns;
  const classOf = (column: Column<T>) => (column.number ? "ui-table-number" : undefined);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no pointer scrolls it by keys
    <section className="ui-table" aria-label={props.caption} tabIndex={0}>
      <table>
        <caption className="ui-hidden">{props.caption}</caption>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th key={column.key} scope="col" className={classOf(column)}>
                {column.heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={props.keyOf(row)}>
              <th scope="row" className={classOf(first)}>
                {first.cell(row)}
              </th>
              {rest.map((column) => (
                <td key={column.key} className={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
