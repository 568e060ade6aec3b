import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Live, type LiveEvent, type LiveState } from "../api/live";
import { useSignedIn } from "./context";

const GATHER_MS = 150;

/** Keeps every list and view on the screen as things happen; tells how the line is. */
export function useLive(): LiveState {
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");

  useEffect(() => {
    // A burst of events about one conversation is one refetch.
    const changed = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      for (const id of changed) {
        void queries.invalidateQueries({ queryKey: ["conversation", id] });
        void queries.invalidateQueries({ queryKey: ["messages", id] });
      }
      changed.clear();
      void queries.invalidateQueries({ queryKey: ["conversations"] });
    };
    const onEvent = (event: LiveEvent) => {
      if (event.type === "conversation.changed") {
        changed.add(event.conversation_id);
        timer ??= setTimeout(flush, GATHER_MS);
      } else if (event.type === "settings.changed") {
        void queries.invalidateQueries({ queryKey: ["tenant"] });
      } else if (event.type === "flags.changed") {
        void queries.invalidateQueries({ queryKey: ["flags"] });
      }
    };
    const live = new Live(client.session, {
      onEvent,
      onState: setState,
      onReady: (resumed) => {
        if (resumed) void queries.invalidateQueries();
      },
    });
    live.start();
    return () => {
      clearTimeout(timer);
      live.stop();
    };
  }, [client, queries]);

  return state;
}
