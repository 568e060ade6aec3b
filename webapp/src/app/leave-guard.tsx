import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useId,
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
  /** `form` tells one form of a page from another. */
  hold: (form: string, unsaved: Unsaved | null) => void;
};

const GuardContext = createContext<Guard>({ go: () => {}, hold: () => {} });
const PathContext = createContext("/");

/** Where the person is: the address, except while they are being asked whether to leave. */
export const usePath = (): string => useContext(PathContext);

export const useGo = (): Guard["go"] => useContext(GuardContext).go;

export function LeaveGuard({ children }: { children: ReactNode }) {
  const [path, navigate] = useLocation();
  const unsaved = useRef(new Map<string, Unsaved>());
  const [asked, setAsked] = useState<string | null>(null);
  const here = useRef(path);
  if (unsaved.current.size === 0) here.current = path;
  const shown = here.current;

  const go = useCallback<Guard["go"]>(
    (to, options) => {
      if (unsaved.current.size > 0 && to !== here.current) setAsked(to);
      else navigate(to, options);
    },
    [navigate],
  );
  const hold = useCallback<Guard["hold"]>((form, next) => {
    if (next) unsaved.current.set(form, next);
    else unsaved.current.delete(form);
    confirmClosing(unsaved.current.size > 0);
  }, []);
  const guard = useMemo(() => ({ go, hold }), [go, hold]);

  useEffect(() => {
    const beforeUnload = (event: BeforeUnloadEvent) => {
      if (unsaved.current.size > 0) event.preventDefault();
    };
    addEventListener("beforeunload", beforeUnload);
    return () => removeEventListener("beforeunload", beforeUnload);
  }, []);

  // The browser's own Back has already moved: come back, then ask.
  useEffect(() => {
    if (unsaved.current.size === 0 || path === here.current) return;
    setAsked(path);
    navigate(here.current);
  }, [path, navigate]);

  const leave = (to: string) => {
    unsaved.current.clear();
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
            for (const each of unsaved.current.values()) each.drop();
            leave(asked);
          }}
          onSave={async () => {
            for (const each of [...unsaved.current.values()]) {
              if (!(await each.save())) {
                setAsked(null);
                return;
              }
            }
            leave(asked);
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
  const form = useId();
  useEffect(() => {
    hold(form, unsaved);
    return () => hold(form, null);
  }, [hold, form, unsaved]);
}
