export function Spinner({ label, size = "m" }: { label: string; size?: "s" | "m" | "l" }) {
  return (
    <span className="ui-spinner" role="status">
      <i className={`ui-turning ui-turning-${size}`} aria-hidden="true" />
      <span className="ui-hidden">{label}</span>
    </span>
  );
}

/** The shape of rows to come, while they load. */
export function Lines({ count, label }: { count: number; label: string }) {
  return (
    <div className="ui-lines" role="status">
      <span className="ui-hidden">{label}</span>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <div className="ui-line" key={index} aria-hidden="true">
          <i />
          <b />
        </div>
      ))}
    </div>
  );
}
