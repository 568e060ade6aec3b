import { useEffect, useState } from "react";
import { serverNow } from "../api/http";

/** This moment by the server's clock, again and again while the page is seen. */
export function useNow(everyMs: number): Date {
  const [now, setNow] = useState(() => new Date(serverNow()));
  useEffect(() => {
    const tick = () => setNow(new Date(serverNow()));
    const timer = setInterval(tick, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
