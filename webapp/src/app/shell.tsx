import { Suspense, useEffect, useMemo, useRef } from "react";
import { useSpeech } from "../i18n";
import { showBackButton, showSettingsButton } from "../telegram";
import { Lines } from "../ui";
import { useSignedIn } from "./context";
import { Failsafe } from "./failsafe";
import { LeaveGuard, useGo, usePath } from "./leave-guard";
import { routeOf } from "./link";
import { Nav } from "./nav";
import { HOME, PLACES, type Place, parentOf, placeOf, preloadWords, SETTINGS } from "./places";
import { useLive } from "./use-live";

/** The places of the app and the way between them. */
export function Shell({ startParam }: { startParam: string | null }) {
  return (
    <LeaveGuard>
      <Places startParam={startParam} />
    </LeaveGuard>
  );
}

function Places({ startParam }: { startParam: string | null }) {
  const { t, language } = useSpeech();
  const { can } = useSignedIn();
  const path = usePath();
  const go = useGo();
  const lost = useLive();
  const followed = useRef(false);
  const open = useMemo(
    () => PLACES.filter(({ needs }) => needs.length === 0 || needs.some(can)),
    [can],
  );
  const { here, rest } = whereAt(path, open);
  const label = here.label(t);
  const above = parentOf(path);
  const reading = here.to === HOME && rest !== "";

  useEffect(() => {
    if (followed.current) return;
    followed.current = true;
    const target = routeOf(startParam);
    if (target) go(target);
  }, [startParam, go]);

  useEffect(() => showSettingsButton(() => go(SETTINGS)), [go]);
  useEffect(() => (above === null ? undefined : showBackButton(() => go(above))), [above, go]);
  useEffect(() => {
    document.title = label;
  }, [label]);
  useMemo(() => preloadWords(here, language), [here, language]);

  return (
    <div className={`shell${reading ? " shell-reading" : ""}`}>
      <Nav places={open} here={here} />
      <main className="place">
        {lost && (
          <p className="line-lost" role="status">
            {t.connectionLost}
          </p>
        )}
        <Failsafe key={here.to}>
          <Suspense fallback={<Lines count={6} label={t.loading} />}>
            <here.Page rest={rest} />
          </Suspense>
        </Failsafe>
      </main>
    </div>
  );
}

/** A place the person may not enter is home instead. */
function whereAt(path: string, open: readonly Place[]): { here: Place; rest: string } {
  const { place, rest } = placeOf(path);
  return open.includes(place) ? { here: place, rest } : { here: open[0] as Place, rest: "" };
}
