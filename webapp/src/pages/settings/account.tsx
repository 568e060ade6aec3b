import { useSignedIn } from "../../app/context";
import { problemText } from "../../app/problem-text";
import { insideTelegram } from "../../telegram";
import { Avatar, Button, useNotify } from "../../ui";
import { useSpeech } from "./words";

/** Who is signed in, the other stores they may enter, and the way out. */
export function Account() {
  const { t } = useSpeech();
  const { me, enterTenant, signOut } = useSignedIn();
  const notify = useNotify();
  const others = me.memberships.filter((each) => each.tenant_id !== me.tenant?.id);
  const enter = (tenantId: string) =>
    enterTenant(tenantId).catch((error) => notify(problemText(t, error), true));
  return (
    <div className="account">
      <Avatar id={me.user.id} name={me.user.name} size={40} />
      <span className="account-name">
        <b>{me.user.name}</b>
        {me.role && <span>{t.role[me.role] ?? me.role}</span>}
      </span>
      {others.map((other) => (
        <Button key={other.tenant_id} size="s" onClick={() => enter(other.tenant_id)}>
          {other.tenant_name}
        </Button>
      ))}
      {!insideTelegram() && (
        <Button size="s" danger onClick={() => void signOut()}>
          {t.signOut}
        </Button>
      )}
    </div>
  );
}
