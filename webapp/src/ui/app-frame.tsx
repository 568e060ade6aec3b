import { AppRoot } from "@telegram-apps/telegram-ui";
import type { ReactNode } from "react";
import "@telegram-apps/telegram-ui/dist/styles.css";
import "./theme.css";
import "./parts.css";

/** The root every other part stands in. */
export function AppFrame(props: {
  appearance: "light" | "dark";
  ios: boolean;
  children: ReactNode;
}) {
  return (
    <AppRoot
      className="ui-root"
      appearance={props.appearance}
      platform={props.ios ? "ios" : "base"}
    >
      {props.children}
    </AppRoot>
  );
}
