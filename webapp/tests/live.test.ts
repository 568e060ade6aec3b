import { waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Stub } from "../dev/stub-api.mjs";
import { Live } from "../src/api/live";
import { Session } from "../src/api/session";
import { closeStub, openStub, sent } from "./stage";

let stub: Stub;
let live: Live | undefined;
beforeEach(async () => {
  stub = await openStub();
});
afterEach(async () => {
  live?.stop();
  await closeStub(stub);
});

async function listen() {
  const session = new Session({ kind: "page" });
  await session.signIn("anna");
  const heard: string[] = [];
  live = new Live(session, {
    onReady: () => heard.push("ready"),
    onEvent: (event) => heard.push(event.type),
    onState: () => {},
  });
  live.start();
  await waitFor(() => expect(heard).toEqual(["ready"]));
  return heard;
}

test("what happens on the server is heard", async () => {
  const heard = await listen();
  stub.push({ type: "conversation.changed", conversation_id: "1" });
  stub.push({ type: "flags.changed" });
  await waitFor(() => expect(heard).toEqual(["ready", "conversation.changed", "flags.changed"]));
});

test("after a break it comes back and says that something may have been missed", async () => {
  const heard = await listen();
  stub.dropSockets();
  await waitFor(() => expect(heard).toEqual(["ready", "ready"]), { timeout: 4_000 });
});

test("an expired token is renewed before the next try", async () => {
  const heard = await listen();
  stub.expireAccess();
  stub.dropSockets();
  await waitFor(() => expect(heard).toEqual(["ready", "ready"]), { timeout: 8_000 });
  expect(sent(stub, "POST", /refresh/)).toHaveLength(1);
});

test.each([
  [1012, 0],
  [1008, 0],
  [4403, 1],
])("closed with %i it comes back, with %i renewals of the session", async (code, renewals) => {
  const heard = await listen();
  stub.closeSockets(code);
  await waitFor(() => expect(heard).toEqual(["ready", "ready"]), { timeout: 8_000 });
  expect(sent(stub, "POST", /refresh/)).toHaveLength(renewals);
});
