import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useSignedIn } from "../../app/context";

export const SHOWN = ["open", "late", "in_doubt", "parked", "done"] as const;
export type Shown = (typeof SHOWN)[number];

const LOOK_EVERY_MS = 5_000;

export function useQueue(show: Shown) {
  const { client } = useSignedIn();
  return useInfiniteQuery({
    queryKey: ["outbound", show],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      client.call("GET /outbound", { query: { show, cursor: pageParam, limit: 30 }, signal }),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

/** Lateness grows by itself, without an event: looked at while the page is open. */
export function useFigures() {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: ["outbound", "figures"],
    queryFn: ({ signal }) => client.call("GET /outbound/figures", { signal }),
    refetchInterval: LOOK_EVERY_MS,
  });
}
