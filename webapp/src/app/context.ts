import { createContext, useContext } from "react";
import type { Client } from "../api/client";
import type { Me } from "../api/types";

export type Permission =
  | "VIEW_CONVERSATIONS"
  | "MANAGE_CONVERSATIONS"
  | "MANAGE_TENANT_SETTINGS"
  | "VIEW_ANALYTICS";

export type SignedIn = {
  client: Client;
  me: Me;
  can: (permission: Permission) => boolean;
  enterTenant: (tenantId: string) => Promise<void>;
  signOut: () => Promise<void>;
};

export const SignedInContext = createContext<SignedIn | null>(null);

/** The signed-in person and their way to the API. */
export function useSignedIn(): SignedIn {
  const value = useContext(SignedInContext);
  if (!value) throw new Error("nobody is signed in here");
  return value;
}
