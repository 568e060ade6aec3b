import { lazy, Suspense, useEffect, useRef } from "react";
import { useSpeech } from "../i18n";
import { ConversationsPage } from "../pages/conversations/page";
import { showBackButton, showSettingsButton } from "../telegram";
import { Icon, Lines } from "../ui";
import { LeaveGuard, useGo, usePath } from "./leave-guard";
import { routeOf } from "./link";
import { useLive } from "./use-live";

const SettingsPage = lazy(() =>
  import("../pages/settings/page").then((page) => ({ default: page.SettingsPage })),
);

const HOME = "/";
const SETTINGS = "/settings";

/** The places of the app and the way between them. */
export function Shell({ startParam }: { startParam: string | null }) {
  return (
    <LeaveGuard>
      <Places startParam={startParam} />
    </LeaveGuard>
  );
}

function Places({ startParam }: { startParam: string | null }) {
  const { t } = useSpeech();
  const path = usePath();
  const go = useGo();
  const lost = useLive();
  const followed = useRef(false);
  const conversationId = /^\/conversations\/([^/]+)$/.exec(path)?.[1] ?? null;
  const inSettings = path === SETTINGS;

  useEffect(() => {
    if (followed.current) return;
    followed.current = true;
    const target = routeOf(startParam);
    if (target) go(target);
  }, [startParam, go]);

  useEffect(() => showSettingsButton(() => go(SETTINGS)), [go]);
  useEffect(() => (path === HOME ? undefined : showBackButton(() => go(HOME))), [path, go]);
  useEffect(() => {
    document.title = inSettings ? t.placeSettings : t.placeConversations;
  }, [inSettings, t]);

  return (
    <div className={`shell${conversationId ? " shell-reading" : ""}`}>
      <nav className="places" aria-label={t.places}>
        <Place to={HOME} icon="chats" label={t.placeConversations} current={!inSettings} />
        <Place to={SETTINGS} icon="settings" label={t.placeSettings} current={inSettings} />
      </nav>
      <main className="place">
        {lost && (
          <p className="line-lost" role="status">
            {t.connectionLost}
          </p>
        )}
        {inSettings ? (
          <Suspense fallback={<Lines count={6} label={t.loading} />}>
            <SettingsPage />
          </Suspense>
        ) : (
          <ConversationsPage openId={conversationId} />
        )}
      </main>
    </div>
  );
}

function Place(props: { to: string; icon: "chats" | "settings"; label: string; current: boolean }) {
  const go = useGo();
  return (
    <a
      href={`/app${props.to}`}
      aria-current={props.current ? "page" : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey) return;
        event.preventDefault();
        go(props.to);
      }}
    >
      <Icon name={props.icon} />
      <span>{props.label}</span>
    </a>
  );
}
