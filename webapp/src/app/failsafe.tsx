import { Component, type ReactNode } from "react";
import { useSpeech } from "../i18n";
import { Button, Placeholder } from "../ui";

/** Shows a way on instead of a white page when something in the page itself breaks. */
export class Failsafe extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const { t } = useSpeech();
  return (
    <main className="screen">
      <Placeholder icon="warn" title={t.brokenTitle} text={t.brokenText}>
        <Button kind="main" onClick={() => location.reload()}>
          {t.reload}
        </Button>
      </Placeholder>
    </main>
  );
}
