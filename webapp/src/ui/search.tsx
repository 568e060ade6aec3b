import { useSpeech } from "../i18n";
import { IconButton } from "./button";
import { Icon } from "./icon";

export function Search(props: {
  value: string;
  label: string;
  placeholder?: string;
  onChange: (value: string) => void;
}) {
  const { t } = useSpeech();
  return (
    <div className="search">
      <Icon name="search" size={18} />
      <input
        type="search"
        enterKeyHint="search"
        value={props.value}
        placeholder={props.placeholder ?? t.search}
        aria-label={props.label}
        onChange={(event) => props.onChange(event.target.value)}
      />
      {props.value && (
        <IconButton icon="close" label={t.clearSearch} onClick={() => props.onChange("")} />
      )}
    </div>
  );
}
