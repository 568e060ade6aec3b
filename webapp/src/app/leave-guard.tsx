import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useLocation } from "wouter";
import { useSpeech } from "../i18n";
import { confirmClosing } from "../telegram";
import { Button, Sheet } from "../ui";

/** What to do with unsaved changes when the person goes elsewhere; `save` tells if it worked. */
type Unsaved = { save: () => Promise<boolean>; drop: () => void };

type Guard = {
  /** Goes to a route, asking first when something is unsaved. */
  go: (to: string, options?: { replace?: boolean }) => void;
  hold: (unsaved: Unsaved | null) => void;
};

const GuardContext = createContext<Guard>({ go: () => {}, hold: () => {} });
const PathContext = createContext("/");

/** Where the person is: the address, except while they are being asked whether to leave. */
export const usePath = (): string => useContext(PathContext);

export const useGo = (): Guard["go"] => useContext(GuardContext).go;

export function LeaveGuard({ children }: { children: ReactNode }) {
  const [path, navigate] = useLocation();
  const unsaved = useRef<Unsaved | null>(null);
  const [asked, setAsked] = useState<string | null>(null);
  const here = useRef(path);
  if (!unsaved.current) here.current = path;
  const shown = here.current;

  const go = useCallback<Guard["go"]>(
    (to, options) => {
      if (unsaved.current && to !== here.current) setAsked(to);
      else navigate(to, options);
    },
    [navigate],
  );
  const hold = useCallback<Guard["hold"]>((next) => {
    unsaved.current = next;
    confirmClosing(next !== null);
  }, []);
  const guard = useMemo(() => ({ go, hold }), [go, hold]);

  useEffect(() => {
    const beforeUnload = (event: BeforeUnloadEvent) => {
      if (unsaved.current) event.preventDefault();
    };
    addEventListener("beforeunload", beforeUnload);
    return () => removeEventListener("beforeunload", beforeUnload);
  }, []);

  // The browser's own Back has already moved: come back, then ask.
  useEffect(() => {
    if (!unsaved.current || path === here.current) return;
    setAsked(path);
    navigate(here.current);
  }, [path, navigate]);

  const leave = (to: string) => {
    unsaved.current = null;
    confirmClosing(false);
    setAsked(null);
    navigate(to);
  };
  return (
    <GuardContext.Provider value={guard}>
      <PathContext.Provider value={shown}>{children}</PathContext.Provider>
      {asked !== null && (
        <Question
          onStay={() => setAsked(null)}
          onDrop={() => {
            unsaved.current?.drop();
            leave(asked);
          }}
          onSave={async () => {
            if (await unsaved.current?.save()) leave(asked);
            else setAsked(null);
          }}
        />
      )}
    </GuardContext.Provider>
  );
}

function Question(props: { onStay: () => void; onDrop: () => void; onSave: () => Promise<void> }) {
  const { t } = useSpeech();
  const [busy, setBusy] = useState(false);
  const save = () => {
    setBusy(true);
    void props.onSave();
  };
  return (
    <Sheet title={t.leaveTitle} onClose={props.onStay}>
      <p>{t.leaveText}</p>
      <div className="choices">
        <Button kind="main" size="l" wide busy={busy} onClick={save}>
          {t.leaveSave}
        </Button>
        <Button size="l" wide danger onClick={props.onDrop}>
          {t.leaveDrop}
        </Button>
        <Button kind="plain" size="l" wide onClick={props.onStay}>
          {t.leaveStay}
        </Button>
      </div>
    </Sheet>
  );
}

/** Guards a form's unsaved changes for as long as there are any. */
export function useUnsaved(unsaved: Unsaved | null): void {
  const { hold } = useContext(GuardContext);
  useEffect(() => {
    hold(unsaved);
    return () => hold(null);
  }, [hold, unsaved]);
}
