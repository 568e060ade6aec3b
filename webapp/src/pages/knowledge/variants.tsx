import { Button, IconButton } from "../../ui";
import { BLANK_VARIANT, type VariantValues } from "./product-values";
import { useSpeech } from "./words";

const MOST = 100;

/** Rows of one product: sizes, trims, years. */
export function Variants(props: {
  value: VariantValues[];
  problem?: string | undefined;
  disabled: boolean;
  onChange: (value: VariantValues[]) => void;
}) {
  const { t } = useSpeech();
  const { value, disabled } = props;
  const set = (at: number, change: Partial<VariantValues>) =>
    props.onChange(value.map((each, index) => (index === at ? { ...each, ...change } : each)));
  return (
    <div className={props.problem ? "ui-field-bad" : undefined}>
      {value.map((variant, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place until it is saved
        <div className="variant" key={index}>
          <Cell
            label={t.variantName}
            value={variant.name}
            disabled={disabled}
            onChange={(name) => set(index, { name })}
          />
          <IconButton
            icon="trash"
            label={t.removeVariant(variant.name)}
            disabled={disabled}
            onClick={() => props.onChange(value.filter((_, each) => each !== index))}
          />
          <div className="variant-cells">
            <Cell
              label={t.productSku}
              value={variant.sku}
              disabled={disabled}
              onChange={(sku) => set(index, { sku })}
            />
            <Cell
              label={t.productPrice}
              decimal
              value={variant.price}
              disabled={disabled}
              onChange={(price) => set(index, { price })}
            />
            <Cell
              label={t.productStock}
              decimal
              value={variant.stock}
              disabled={disabled}
              onChange={(stock) => set(index, { stock })}
            />
          </div>
        </div>
      ))}
      <div className="variants-foot">
        <p className={props.problem ? "bad" : undefined} role={props.problem ? "alert" : undefined}>
          {props.problem ?? t.productVariantsText}
        </p>
        {value.length < MOST && (
          <Button
            size="s"
            icon="plus"
            disabled={disabled}
            onClick={() => props.onChange([...value, BLANK_VARIANT])}
          >
            {t.addVariant}
          </Button>
        )}
      </div>
    </div>
  );
}

function Cell(props: {
  label: string;
  value: string;
  decimal?: boolean;
  disabled: boolean;
  onChange: (value: string) => void;
}) {
  return (
    <label>
      <span className="ui-cell-name">{props.label}</span>
      <input
        className="ui-cell"
        value={props.value}
        inputMode={props.decimal ? "decimal" : "text"}
        disabled={props.disabled}
        autoComplete="off"
        onChange={(event) => props.onChange(event.target.value)}
      />
    </label>
  );
}
