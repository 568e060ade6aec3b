import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Replay } from "../../api/types";
import { useSignedIn } from "../../app/context";

export function useAutosend() {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: ["autosend"],
    queryFn: ({ signal }) => client.call("GET /autosend", { signal }),
  });
}

export function useCertificates(intent: string) {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: ["autosend", "certificates", intent],
    queryFn: ({ signal }) =>
      client.call("GET /autosend/certificates", { query: { intent } as object, signal }),
  });
}

export function useReviews() {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: ["autosend", "reviews"],
    queryFn: ({ signal }) => client.call("GET /autosend/reviews", { signal }),
  });
}

const moving = (replay: Replay | undefined): boolean =>
  replay?.state === "queued" || replay?.state === "running";

/** The replays asked for, the newest first; looked at while one is being made. */
export function useReplays() {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: ["replays"],
    queryFn: ({ signal }) => client.call("GET /replays", { signal }),
    refetchInterval: ({ state }) => (moving(state.data?.items[0]) ? 1_000 : false),
  });
}

/** A replay with its curve: the list need not carry one for each. */
export function useReplay(id: string) {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: ["replay", id],
    queryFn: ({ signal }) => client.call("GET /replays/{id}", { id, signal }),
  });
}

export function useCases(id: string, threshold: number) {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: ["replay", id, "cases", threshold],
    queryFn: ({ signal }) =>
      client.call("GET /replays/{id}/cases", { id, query: { threshold, limit: 100 }, signal }),
    placeholderData: keepPreviousData,
  });
}

export function usePace() {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: ["tenant", "pace"],
    queryFn: ({ signal }) => client.call("GET /tenant/pace", { signal }),
  });
}

export function useHours() {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: ["tenant", "hours"],
    queryFn: ({ signal }) => client.call("GET /tenant/hours", { signal }),
  });
}

export function usePolicies() {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: ["tenant", "policies"],
    queryFn: ({ signal }) => client.call("GET /tenant/policies", { signal }),
  });
}
