import { Placeholder as TguiPlaceholder } from "@telegram-apps/telegram-ui";
import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon";

/** An empty place that says what it is for and what comes next. */
export function Placeholder(props: {
  icon: IconName;
  title: string;
  text: string;
  children?: ReactNode;
}) {
  return (
    <TguiPlaceholder
      className="ui-placeholder"
      header={props.title}
      description={props.text}
      action={props.children}
    >
      <span className="ui-placeholder-icon">
        <Icon name={props.icon} size={30} />
      </span>
    </TguiPlaceholder>
  );
}
