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
    <div className="ui-placeholder">
      <span className="ui-placeholder-icon">
        <Icon name={props.icon} size={30} />
      </span>
      <b>{props.title}</b>
      <p>{props.text}</p>
      {props.children}
    </div>
  );
}
