import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { DocumentType, Import, ImportResult } from "../../api/types";
import { useSignedIn } from "../../app/context";

const FIRST = undefined as string | undefined;
const LOOK_EVERY_MS = 1_000;

export type DocumentFilters = { q: string; type: DocumentType | ""; category: string; tag: string };
export type ProductFilters = { q: string; stock: "in" | "out" | ""; unpriced: boolean };

export function useDocuments(filters: DocumentFilters) {
  const { client } = useSignedIn();
  return useInfiniteQuery({
    queryKey: ["documents", filters],
    initialPageParam: FIRST,
    queryFn: ({ pageParam, signal }) =>
      client.call("GET /documents", {
        query: { ...filters, type: filters.type || undefined, cursor: pageParam, limit: 30 },
        signal,
      }),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function useLabels() {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: ["documents", "labels"],
    queryFn: ({ signal }) => client.call("GET /documents/labels", { signal }),
  });
}

export function useDocument(id: string) {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: ["document", id],
    queryFn: ({ signal }) => client.call("GET /documents/{id}", { id, signal }),
    enabled: id !== "new",
  });
}

export function useProducts({ q, stock, unpriced }: ProductFilters) {
  const { client } = useSignedIn();
  return useInfiniteQuery({
    queryKey: ["products", { q, stock, unpriced }],
    initialPageParam: FIRST,
    queryFn: ({ pageParam, signal }) =>
      client.call("GET /products", {
        query: {
          q,
          stock: stock || undefined,
          priced: unpriced ? false : undefined,
          cursor: pageParam,
          limit: 30,
        },
        signal,
      }),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function useProduct(id: string) {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: ["product", id],
    queryFn: ({ signal }) => client.call("GET /products/{id}", { id, signal }),
    enabled: id !== "new",
  });
}

export function useImports() {
  const { client } = useSignedIn();
  return useInfiniteQuery({
    queryKey: ["imports"],
    initialPageParam: FIRST,
    queryFn: ({ pageParam, signal }) =>
      client.call("GET /imports", { query: { cursor: pageParam, limit: 30 }, signal }),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

const moving = (state: Import["state"] | undefined): boolean =>
  state === "uploaded" || state === "applying";

/** An import as it goes; looked at each second while the server works on it. */
export function useImport(id: string) {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: ["import", id],
    queryFn: ({ signal }) => client.call("GET /imports/{id}", { id, signal }),
    refetchInterval: ({ state }) => (moving(state.data?.state) ? LOOK_EVERY_MS : false),
  });
}

export function useImportRows(of: Import, result: ImportResult) {
  const { client } = useSignedIn();
  const { id, version, state } = of;
  return useInfiniteQuery({
    queryKey: ["import", id, "rows", { version, state, result }],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      client.call("GET /imports/{id}/rows", {
        id,
        query: { result, after: pageParam, limit: 50 },
        signal,
      }),
    getNextPageParam: (page) => page.next_after ?? undefined,
  });
}

export function useIndex() {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: ["index"],
    queryFn: ({ signal }) => client.call("GET /index", { signal }),
    refetchInterval: ({ state }) =>
      state.data && state.data.waiting + state.data.working > 0 ? 2 * LOOK_EVERY_MS : false,
  });
}
