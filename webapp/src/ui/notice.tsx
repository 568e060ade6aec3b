import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";
import { useSpeech } from "../i18n";
import { IconButton } from "./button";

type Notice = { id: number; text: string; bad: boolean };
type Notify = (text: string, bad?: boolean) => void;

const NotifyContext = createContext<Notify>(() => {});
const SHOWN_FOR = 4_000;
const BAD_SHOWN_FOR = 8_000;

/** Says in one line what came of something; read out to those who don't see it. */
export const useNotify = (): Notify => useContext(NotifyContext);

export function Notices({ children }: { children: ReactNode }) {
  const { t } = useSpeech();
  const [notice, setNotice] = useState<Notice | null>(null);
  const notify = useCallback<Notify>((text, bad = false) => {
    setNotice((previous) => ({ id: (previous?.id ?? 0) + 1, text, bad }));
  }, []);
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => setNotice(null), notice.bad ? BAD_SHOWN_FOR : SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <NotifyContext.Provider value={notify}>
      {children}
      <div className="ui-notices" role="status" aria-live="polite">
        {notice && (
          <div key={notice.id} className={`ui-notice${notice.bad ? " ui-notice-bad" : ""}`}>
            <span>{notice.text}</span>
            <IconButton icon="close" label={t.close} onClick={() => setNotice(null)} />
          </div>
        )}
      </div>
    </NotifyContext.Provider>
  );
}
