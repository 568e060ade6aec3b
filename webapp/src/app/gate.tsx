import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Client } from "../api/client";
import { Problem } from "../api/problem";
import type { Session } from "../api/session";
import type { Me } from "../api/types";
import { type Language, loadLanguage, useSpeech } from "../i18n";
import { Spinner } from "../ui";
import { type SignedIn, SignedInContext } from "./context";
import { ChooseTenant, Guest, LinkUsed, NoWayIn, SessionOver, SignInFailed } from "./gate-screens";
import { Shell } from "./shell";

type State =
  | { step: "signing" }
  | { step: "in"; me: Me }
  | { step: "link_used" }
  | { step: "no_way_in" }
  | { step: "over" }
  | { step: "failed"; error: unknown };

type Props = {
  session: Session;
  linkToken: string | null;
  startParam: string | null;
  onLanguage: (language: Language) => void;
};

/** Lets in whoever can prove who they are, and tells everyone else what to do. */
export function Gate({ session, linkToken, startParam, onLanguage }: Props) {
  const { t } = useSpeech();
  const queries = useQueryClient();
  const [state, setState] = useState<State>({ step: "signing" });
  const started = useRef(false);

  const enter = useCallback(
    async (me: Me) => {
      await loadLanguage(me.user.language);
      onLanguage(me.user.language);
      setState({ step: "in", me });
    },
    [onLanguage],
  );

  const signIn = useCallback(async () => {
    if (linkToken === null && !session.canResume) {
      setState({ step: "no_way_in" });
      return;
    }
    setState({ step: "signing" });
    try {
      await enter(await session.signIn(linkToken));
    } catch (error) {
      setState(stateAfter(error, linkToken, session));
    }
  }, [session, linkToken, enter]);

  useEffect(() => {
    session.onEnd(() => {
      queries.clear();
      setState({ step: "over" });
    });
    session.onMe((me) => setState({ step: "in", me }));
    // A one-time link must not be spent twice by a second mount.
    if (!started.current) void signIn();
    started.current = true;
  }, [session, queries, signIn]);

  const enterTenant = useCallback(
    async (tenantId: string) => {
      const me = await session.enterTenant(tenantId);
      queries.clear();
      await enter(me);
    },
    [session, queries, enter],
  );

  const me = state.step === "in" ? state.me : null;
  const signedIn = useMemo<SignedIn | null>(
    () =>
      me && {
        client: new Client(session),
        me,
        can: (permission) => me.permissions.includes(permission),
        enterTenant,
        signOut: () => session.signOut(),
      },
    [me, session, enterTenant],
  );

  switch (state.step) {
    case "signing":
      return (
        <main className="screen">
          <Spinner size="l" label={t.signingIn} />
        </main>
      );
    case "link_used":
      return <LinkUsed />;
    case "no_way_in":
      return <NoWayIn />;
    case "over":
      return <SessionOver telegram={session.credentials.kind === "telegram"} />;
    case "failed":
      return <SignInFailed error={state.error} onRetry={signIn} />;
  }
  if (!signedIn || !me) return null;
  if (me.tenant === null || me.permissions.length === 0) {
    return me.tenant === null && me.memberships.length > 0 ? (
      <ChooseTenant me={me} onChoose={enterTenant} />
    ) : (
      <Guest onCheck={() => session.renew()} />
    );
  }
  return (
    <SignedInContext.Provider value={signedIn}>
      <Shell key={me.tenant.id} startParam={startParam} />
    </SignedInContext.Provider>
  );
}

function stateAfter(error: unknown, linkToken: string | null, session: Session): State {
  const refused = error instanceof Problem && !error.uncertain;
  if (!refused) return { step: "failed", error };
  if (linkToken !== null) return { step: "link_used" };
  if (session.credentials.kind === "page") return { step: "over" };
  return { step: "failed", error };
}
