import { type ReactNode, useState } from "react";
import type { Me } from "../api/types";
import { useSpeech } from "../i18n";
import { Button, Placeholder, useNotify } from "../ui";
import type { IconName } from "../ui/icon";
import { problemText } from "./problem-text";

function Screen(props: { icon: IconName; title: string; text: string; children?: ReactNode }) {
  return (
    <main className="screen">
      <Placeholder {...props} />
    </main>
  );
}

export function LinkUsed() {
  const { t } = useSpeech();
  return <Screen icon="clock" title={t.linkUsedTitle} text={t.linkUsedText} />;
}

export function NoWayIn() {
  const { t } = useSpeech();
  return <Screen icon="person" title={t.noLinkTitle} text={t.noLinkText} />;
}

export function SessionOver({ telegram }: { telegram: boolean }) {
  const { t } = useSpeech();
  const text = telegram ? t.sessionOverTelegram : t.sessionOverPage;
  return <Screen icon="clock" title={t.sessionOverTitle} text={text} />;
}

export function SignInFailed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useSpeech();
  return (
    <Screen icon="warn" title={t.signInFailedTitle} text={problemText(t, error)}>
      <Button kind="main" size="l" onClick={onRetry}>
        {t.retry}
      </Button>
    </Screen>
  );
}

/** A press that takes a while and may fail: shows both. */
function useAttempt(): [busy: boolean, attempt: (act: () => Promise<void>) => Promise<void>] {
  const { t } = useSpeech();
  const notify = useNotify();
  const [busy, setBusy] = useState(false);
  const attempt = async (act: () => Promise<void>) => {
    setBusy(true);
    try {
      await act();
    } catch (error) {
      notify(problemText(t, error), true);
    } finally {
      setBusy(false);
    }
  };
  return [busy, attempt];
}

export function Guest({ onCheck }: { onCheck: () => Promise<void> }) {
  const { t } = useSpeech();
  const [busy, attempt] = useAttempt();
  return (
    <Screen icon="person" title={t.guestTitle} text={t.guestText}>
      <Button kind="main" size="l" busy={busy} onClick={() => attempt(onCheck)}>
        {t.guestCheck}
      </Button>
    </Screen>
  );
}

export function ChooseTenant(props: { me: Me; onChoose: (tenantId: string) => Promise<void> }) {
  const { t } = useSpeech();
  const [busy, attempt] = useAttempt();
  return (
    <Screen icon="chats" title={t.chooseTenantTitle} text={props.me.user.name}>
      <div className="choices">
        {props.me.memberships.map((membership) => (
          <Button
            key={membership.tenant_id}
            wide
            size="l"
            busy={busy}
            onClick={() => attempt(() => props.onChoose(membership.tenant_id))}
          >
            {membership.tenant_name} · {t.role[membership.role] ?? membership.role}
          </Button>
        ))}
      </div>
    </Screen>
  );
}
