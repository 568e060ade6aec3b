import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Import, ImportTable } from "../../api/types";
import { currencies, withOwn } from "../../app/choices";
import { useSignedIn } from "../../app/context";
import { usePress } from "../../app/use-press";
import { Advice, Button, Picker, Section, Stepper } from "../../ui";
import { useSpeech } from "./words";

const FIELDS = [
  "name",
  "sku",
  "price",
  "currency",
  "stock",
  "description",
  "delivery",
  "variants",
] as const;
type ImportField = (typeof FIELDS)[number];
const LAST_HEADER = 30;

type Mapping = Record<string, number>;

const guessed = (table: ImportTable): Mapping =>
  Object.fromEntries(table.columns.flatMap(({ field, index }) => (field ? [[field, index]] : [])));

/** Which column holds what: guessed, shown with samples, corrected. */
export function ImportColumns(props: { of: Import; table: ImportTable; onNext: () => void }) {
  const { t, language } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const { of, table, onNext } = props;
  const [mapping, setMapping] = useState(() => guessed(table));
  const press = usePress<Import>([]);
  const look = (change: {
    sheet?: number;
    header_row?: number;
    currency?: string;
    mapping?: Mapping;
  }) =>
    press.mutateAsync({
      run: async () => {
        const next = await client.call("PATCH /imports/{id}", {
          id: of.id,
          body: { version: of.version, ...change },
        });
        queries.setQueryData(["import", of.id], next);
        return next;
      },
    });
  const assign = (column: number, field: ImportField | "") =>
    setMapping((before) => {
      const rest = Object.entries(before).filter(
        ([name, index]) => name !== field && index !== column,
      );
      return Object.fromEntries(field ? [...rest, [field, column]] : rest);
    });
  const changed = JSON.stringify(sorted(mapping)) !== JSON.stringify(sorted(guessed(table)));
  const missing = mapping.name === undefined ? [t.importField.name ?? ""] : [];
  const next = async () => {
    if (changed && !(await look({ mapping }).catch(() => null))) return;
    onNext();
  };

  return (
    <>
      {(table.sheets.length > 1 || table.header_row > 1) && (
        <Section title={t.sheet}>
          {table.sheets.length > 1 && (
            <Picker
              label={t.sheet}
              text={t.sheetText}
              value={String(table.sheet)}
              options={table.sheets.map((label, index) => ({ value: String(index), label }))}
              disabled={press.isPending}
              onChange={(sheet) => void look({ sheet: Number(sheet) }).catch(() => {})}
            />
          )}
          <Stepper
            label={t.headerRow}
            text={t.headerRowText}
            min={1}
            max={Math.max(LAST_HEADER, table.header_row)}
            value={table.header_row}
            shown={String(table.header_row)}
            disabled={press.isPending}
            onChange={(header_row) => void look({ header_row }).catch(() => {})}
          />
        </Section>
      )}
      <Section title={t.columns} note={t.columnsText}>
        {table.columns.map((column) => (
          <ColumnRow
            key={column.index}
            column={column}
            field={FIELDS.find((field) => mapping[field] === column.index) ?? ""}
            disabled={press.isPending}
            onChange={(field) => assign(column.index, field)}
          />
        ))}
      </Section>
      <Section title={t.importCurrency}>
        <Picker
          label={t.importCurrency}
          text={t.importCurrencyText}
          value={table.currency}
          options={withOwn(currencies(language), table.currency)}
          disabled={press.isPending}
          onChange={(currency) => void look({ currency }).catch(() => {})}
        />
      </Section>
      <div className="page-stack">
        {missing.length > 0 && <Advice kind="warn">{t.missing(missing.join(", "))}</Advice>}
        <Button
          kind="main"
          size="l"
          wide
          busy={press.isPending}
          disabled={missing.length > 0}
          onClick={() => void next()}
        >
          {t.toCheck}
        </Button>
      </div>
    </>
  );
}

function ColumnRow(props: {
  column: ImportTable["columns"][number];
  field: ImportField | "";
  disabled: boolean;
  onChange: (field: ImportField | "") => void;
}) {
  const { t } = useSpeech();
  const { column, field } = props;
  const heading = column.heading || t.columnNumber(column.index + 1);
  return (
    <div className={`column${field ? " column-used" : ""}`}>
      <b>{heading}</b>
      <p>{column.samples.filter(Boolean).join(" · ")}</p>
      <select
        className="ui-cell"
        aria-label={t.columnIs(heading)}
        value={field}
        disabled={props.disabled}
        onChange={(event) => props.onChange(event.target.value as ImportField | "")}
      >
        <option value="">{t.skipColumn}</option>
        {FIELDS.map((each) => (
          <option key={each} value={each}>
            {t.importField[each]}
          </option>
        ))}
      </select>
    </div>
  );
}

const sorted = (mapping: Mapping) => Object.entries(mapping).sort(([a], [b]) => (a < b ? -1 : 1));
