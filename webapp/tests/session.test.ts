import { afterEach, beforeEach, expect, test } from "vitest";
import { DROPPED, type Stub } from "../dev/stub-api.mjs";
import { Client } from "../src/api/client";
import { Problem } from "../src/api/problem";
import { Session } from "../src/api/session";
import { closeStub, openStub, sent } from "./stage";

let stub: Stub;
beforeEach(async () => {
  stub = await openStub();
});
afterEach(() => closeStub(stub));

async function signedIn() {
  const session = new Session({ kind: "page" });
  await session.signIn("anna");
  return { session, client: new Client(session) };
}

test("an expired access token is renewed once for all the calls that met it", async () => {
  const { client } = await signedIn();
  stub.expireAccess();
  const [me, tenant, flags] = await Promise.all([
    client.call("GET /me", {}),
    client.call("GET /tenant", {}),
    client.call("GET /flags", {}),
  ]);
  expect(me.user.name).toBe("Анна Ким");
  expect(tenant.currency).toBe("RUB");
  expect(flags.items.length).toBeGreaterThan(0);
  expect(sent(stub, "POST", /refresh/)).toHaveLength(1);
});

test("a session that cannot be renewed ends, and says so once", async () => {
  const { session, client } = await signedIn();
  let ended = 0;
  session.onEnd(() => {
    ended += 1;
  });
  stub.expireAll();
  const error = await client.call("GET /me", {}).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Problem);
  expect(ended).toBe(1);
  expect(sessionStorage.getItem("refresh")).toBeNull();
  expect(session.canResume).toBe(false);
});

test("a lost connection while renewing does not sign anyone out", async () => {
  const { session, client } = await signedIn();
  let ended = 0;
  session.onEnd(() => {
    ended += 1;
  });
  stub.expireAccess();
  stub.failNext(
    (_, path) => path === "/auth/refresh",
    () => DROPPED,
  );
  await expect(client.call("GET /me", {})).rejects.toMatchObject({ status: 0 });
  expect(ended).toBe(0);
  expect((await client.call("GET /me", {})).user.name).toBe("Анна Ким");
});

test("inside Telegram a dead session is made again from init data", async () => {
  const initData = new URLSearchParams({ user: '{"username":"oleg"}', hash: "x" }).toString();
  const session = new Session({ kind: "telegram", initData });
  const client = new Client(session);
  await session.signIn(null);
  stub.expireAll();
  expect((await client.call("GET /me", {})).user.name).toBe("Олег Смирнов");
  const logins = sent(stub, "POST", /auth\/telegram/);
  expect(logins.map((each) => each.authorization)).toEqual([`tma ${initData}`, `tma ${initData}`]);
  expect(sessionStorage.length).toBe(0);
});

test("a problem carries the server's words and the fields at fault", async () => {
  const session = new Session({ kind: "page" });
  await session.signIn("oleg");
  const error = await new Client(session)
    .call("PATCH /tenant", { body: { name: " " } })
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    status: 422,
    detail: "Проверьте поля",
    fields: [{ field: "name", code: "blank", detail: "Укажите название" }],
  });
});
