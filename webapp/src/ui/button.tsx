import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Icon, type IconName } from "./icon";

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "children" | "className">;

/** `main` once per view; `soft` beside it; `plain` for what is rarely pressed. */
export function Button({
  kind = "soft",
  size = "m",
  icon,
  wide = false,
  busy = false,
  danger = false,
  children,
  ...native
}: Native & {
  kind?: "main" | "soft" | "plain";
  size?: "s" | "m" | "l";
  icon?: IconName;
  wide?: boolean;
  busy?: boolean;
  danger?: boolean;
  children: ReactNode;
}) {
  const classes = [
    "ui-button",
    `ui-button-${kind}`,
    `ui-button-${size}`,
    wide && "ui-button-wide",
    danger && "ui-button-danger",
  ];
  return (
    <button
      type="button"
      aria-busy={busy}
      className={classes.filter(Boolean).join(" ")}
      {...native}
      disabled={native.disabled || busy}
    >
      {busy && <i className="ui-turning" aria-hidden="true" />}
      {icon && <Icon name={icon} size={size === "s" ? 16 : 20} />}
      <span>{children}</span>
    </button>
  );
}

export function IconButton({
  icon,
  label,
  filled = false,
  ...native
}: Native & { icon: IconName; label: string; filled?: boolean }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`ui-icon-button${filled ? " ui-icon-button-filled" : ""}`}
      {...native}
    >
      <Icon name={icon} size={22} />
    </button>
  );
}
