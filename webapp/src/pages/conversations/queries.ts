import {
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { Conversation, ConversationStatus, Outbound } from "../../api/types";
import { useSignedIn } from "../../app/context";

export type Filters = {
  status: ConversationStatus;
  q: string;
  unread: boolean;
  mine: boolean;
};

/** A page of conversations by status; a search goes through all of them. */
export function useConversations(filters: Filters) {
  const { client } = useSignedIn();
  return useInfiniteQuery({
    queryKey: ["conversations", filters],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      client.call("GET /conversations", {
        query: {
          status: filters.q ? undefined : filters.status,
          q: filters.q,
          unread: filters.unread || undefined,
          mine: filters.mine || undefined,
          cursor: pageParam,
          limit: 30,
        },
        signal,
      }),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (previous) => previous,
  });
}

export function useConversation(id: string) {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: ["conversation", id],
    queryFn: ({ signal }) => client.call("GET /conversations/{id}", { id, signal }),
  });
}

/** The thread from its end backwards, page by page. */
export function useMessages(id: string) {
  const { client } = useSignedIn();
  return useInfiniteQuery({
    queryKey: ["messages", id],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      client.call("GET /conversations/{id}/messages", {
        id,
        query: { before: pageParam, limit: 50 },
        signal,
      }),
    getNextPageParam: (page) => page.next_before ?? undefined,
  });
}

/** What is read anew when something has happened in a conversation. */
export const keysOf = (id: string) => [["conversation", id], ["messages", id], ["conversations"]];

export function refreshConversation(queries: QueryClient, id: string): Promise<unknown> {
  return Promise.all(keysOf(id).map((queryKey) => queries.invalidateQueries({ queryKey })));
}

export function showConversation(queries: QueryClient, conversation: Conversation): void {
  queries.setQueryData(["conversation", conversation.id], conversation);
}

/** Shows what is on its way at once; the refetch that follows tells the rest. */
export function showOutbound(queries: QueryClient, outbound: Outbound): void {
  queries.setQueryData<Conversation>(["conversation", outbound.conversation_id], (known) => {
    if (!known) return known;
    const settled = outbound.state === "sent" || outbound.state === "cancelled";
    return { ...known, pending_outbound: settled ? null : outbound };
  });
}

export function useMarkRead(id: string) {
  const { client } = useSignedIn();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => client.call("POST /conversations/{id}/read", { id }),
    onSuccess: () => {
      queries.setQueryData<Conversation>(
        ["conversation", id],
        (known) => known && { ...known, unread_count: 0 },
      );
      return queries.invalidateQueries({ queryKey: ["conversations"] });
    },
  });
}
