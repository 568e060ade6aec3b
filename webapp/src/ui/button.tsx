import { Button as TguiButton, IconButton as TguiIconButton } from "@telegram-apps/telegram-ui";
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
  const mode = { main: "filled", soft: "bezeled", plain: "plain" } as const;
  return (
    <TguiButton
      type="button"
      mode={mode[kind]}
      size={size}
      stretched={wide}
      loading={busy}
      aria-busy={busy}
      className={`ui-button ui-button-${kind}${danger ? " ui-button-danger" : ""}`}
      before={icon && <Icon name={icon} size={size === "s" ? 16 : 20} />}
      {...native}
      disabled={native.disabled || busy}
    >
      {children}
    </TguiButton>
  );
}

export function IconButton({
  icon,
  label,
  filled = false,
  ...native
}: Native & { icon: IconName; label: string; filled?: boolean }) {
  return (
    <TguiIconButton
      type="button"
      size="m"
      mode={filled ? "bezeled" : "plain"}
      aria-label={label}
      title={label}
      className={`ui-icon-button${filled ? " ui-icon-button-filled" : ""}`}
      {...native}
    >
      <Icon name={icon} size={22} />
    </TguiIconButton>
  );
}
