import { type Query, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Live, type LiveEvent, type LiveState } from "../api/live";
import { Problem } from "../api/problem";
import { useSignedIn } from "./context";

const GATHER_MS = 150;
const PATIENCE_MS = 3_000;
const LOOK_EVERY_MS = 15_000;

/** What may have changed unseen. Attachments never do, and what was refused stays refused. */
const mayBeOld = ({ queryKey, state }: Query): boolean => {
  const refused = state.error instanceof Problem && !state.error.uncertain;
  return queryKey[0] !== "attachment" && !refused;
};

/** What an event makes old. */
function touched(event: LiveEvent): string[][] {
  switch (event.type) {
    case "conversation.changed":
      return [
        ["conversation", event.conversation_id],
        ["messages", event.conversation_id],
        ["conversations"],
        ["outbound"],
      ];
    case "settings.changed":
      return [["tenant"], ["autosend"]];
    case "flags.changed":
      return [["flags"]];
    case "knowledge.changed":
      return [["documents"], ["document"], ["index"]];
    case "catalog.changed":
      return [["products"], ["product"], ["index"]];
    case "knowledge.indexed":
      return [["documents"], ["products"], ["index"]];
    case "import.changed":
      return [["import", event.import_id], ["imports"]];
    case "autosend.changed":
      return [["autosend"]];
    case "replay.changed":
      return [["replays"], ["replay", event.subject]];
    default:
      return [];
  }
}

/** Keeps every list and view on the screen as things happen; true when the line is lost. */
export function useLive(): boolean {
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");

  useEffect(() => {
    // A burst of events about one thing is one refetch.
    const old = new Map<string, string[]>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      for (const queryKey of old.values()) void queries.invalidateQueries({ queryKey });
      old.clear();
    };
    const onEvent = (event: LiveEvent) => {
      for (const key of touched(event)) old.set(key.join("/"), key);
      timer ??= setTimeout(flush, GATHER_MS);
    };
    const live = new Live(client.session, {
      onEvent,
      onState: setState,
      onReady: () => void queries.invalidateQueries({ predicate: mayBeOld }),
    });
    live.start();
    return () => {
      clearTimeout(timer);
      live.stop();
    };
  }, [client, queries]);

  return useLost(state);
}

/** A short break is nobody's concern; in a long one we look ourselves now and then. */
function useLost(state: LiveState): boolean {
  const queries = useQueryClient();
  const [lost, setLost] = useState(false);
  const open = state === "open";
  useEffect(() => {
    if (open) {
      setLost(false);
      return;
    }
    const timer = setTimeout(() => setLost(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [open]);
  useEffect(() => {
    if (!lost) return;
    const timer = setInterval(() => void queries.invalidateQueries(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [lost, queries]);
  return lost;
}
