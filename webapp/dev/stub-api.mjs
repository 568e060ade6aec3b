// A small stand-in for the API with demo data, for looking at the app and for its tests.
// It holds everything in memory, knows one store, and speaks /api/v1 and /api/v1/live.
import { randomUUID } from "node:crypto";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { WebSocketServer } from "ws";
import { makeAutonomy } from "./demo-autonomy.mjs";
import { makeStore, newId } from "./demo-data.mjs";
import { makeKnowledge } from "./demo-knowledge.mjs";
import { picture, tone } from "./media.mjs";
import { autonomyRoutes } from "./stub-autonomy.mjs";
import { deliveryRoutes, makeQueue } from "./stub-delivery.mjs";
import { knowledgeRoutes } from "./stub-knowledge.mjs";
import { makeRoutes } from "./stub-routes.mjs";

const CSP = [
  "default-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self' ws: wss:",
  "object-src 'none'",
  "base-uri 'none'",
].join("; ");

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

class Refusal extends Error {
  constructor(status, code, detail, fields) {
    super(code);
    Object.assign(this, { status, code, detail, fields });
  }
}

/** Starts the stand-in; `port` 0 takes any free one. `dist` is the built app, if it is served. */
export async function startStub({
  port = 0,
  dist,
  frame,
  empty = false,
  accessSeconds = 900,
} = {}) {
  const store = {
    ...makeStore({ empty }),
    ...makeKnowledge({ empty }),
    ...makeAutonomy(),
    ...makeQueue({ empty }),
  };
  const access = new Map();
  const refresh = new Map();
  const spent = new Set();
  const requests = [];
  const failures = [];
  const sockets = new Set();

  const push = (event) => {
    for (const socket of sockets) socket.send(JSON.stringify(event));
  };

  function session(who) {
    const tokens = { access: randomUUID(), refresh: randomUUID() };
    const until = Date.now() + accessSeconds * 1000;
    access.set(tokens.access, { who, until });
    refresh.set(tokens.refresh, who);
    return {
      access_token: tokens.access,
      access_expires_at: new Date(until).toISOString(),
      refresh_token: tokens.refresh,
      refresh_expires_at: new Date(Date.now() + 7 * 86_400_000).toISOString(),
      me: store.people[who],
    };
  }

  const auth = {
    "POST /auth/telegram": ({ authorization }) => {
      const data = new URLSearchParams(authorization.replace(/^tma /, ""));
      const user = JSON.parse(data.get("user") ?? "{}");
      if (!data.get("hash")) throw new Refusal(401, "auth.bad_init_data", "Подпись не подошла");
      return session(store.people[user.username] ? user.username : "anna");
    },
    "POST /auth/link": ({ body }) => {
      const [who, once] = body.token.split("-");
      if (!store.people[who] || spent.has(body.token)) {
        throw new Refusal(401, "auth.link_used", "Ссылка уже использована");
      }
      if (once !== undefined) spent.add(body.token);
      return session(who);
    },
    "POST /auth/refresh": ({ body }) => {
      const who = refresh.get(body.refresh_token);
      if (!who) throw new Refusal(401, "auth.refresh_unknown", "Сеанс закончился");
      refresh.delete(body.refresh_token);
      return session(who);
    },
    "POST /auth/tenant": ({ who, body }) => {
      const me = store.people[who];
      const membership = me.memberships.find((each) => each.tenant_id === body.tenant_id);
      if (!membership) throw new Refusal(404, "tenant.unknown", "Такого магазина нет");
      me.tenant = { id: membership.tenant_id, name: membership.tenant_name, status: "active" };
      me.role = membership.role;
      me.permissions = store.people.oleg.permissions;
      return session(who);
    },
    "DELETE /auth/session": () => undefined,
  };
  const about = { store, push, Refusal };
  const routes = {
    ...auth,
    ...makeRoutes(about),
    ...knowledgeRoutes(about),
    ...autonomyRoutes(about),
    ...deliveryRoutes(about).routes,
  };

  function whoIs(authorization) {
    const known = access.get(authorization.replace(/^Bearer /, ""));
    if (!known || known.until < Date.now()) {
      throw new Refusal(401, "auth.expired", "Нужно войти снова");
    }
    return known.who;
  }

  async function answer(request, url) {
    const path = url.pathname.replace("/api/v1", "");
    const authorization = request.headers.authorization ?? "";
    const body = await bodyOf(request);
    requests.push({ method: request.method, path, query: url.search, authorization, body });
    const failure = failures.findIndex((each) => each.match(request.method, path));
    if (failure >= 0) return failures.splice(failure, 1)[0].act();
    const open = path === "/auth/telegram" || path === "/auth/link" || path === "/auth/refresh";
    const who = open ? null : whoIs(authorization);
    for (const [key, handle] of Object.entries(routes)) {
      const [method, template] = key.split(" ");
      const match = new RegExp(`^${template.replace("{id}", "([^/]+)")}$`).exec(path);
      if (method === request.method && match) {
        const me = who && store.people[who];
        return handle({ id: match[1], body, query: url.searchParams, authorization, who, me });
      }
    }
    throw new Refusal(404, "not_found", "Не найдено");
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://stub");
    response.setHeader("access-control-allow-origin", request.headers.origin ?? "*");
    response.setHeader("access-control-allow-headers", "authorization, content-type");
    response.setHeader("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE");
    response.setHeader("access-control-expose-headers", "date");
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    const file = /^\/api\/v1\/attachments\/(.+)$/.exec(url.pathname);
    if (url.pathname === "/telegram" && frame) return sendFile(response, frame);
    if (!url.pathname.startsWith("/api/")) return servePage(response, url.pathname, dist);
    try {
      if (file) return sendMedia(response, file[1], whoIs(request.headers.authorization ?? ""));
      const result = await answer(request, url);
      if (result === DROPPED) return request.socket.destroy();
      if (result === undefined) return response.writeHead(204).end();
      if (result.csv !== undefined) {
        return response.writeHead(200, { "content-type": "text/csv" }).end(result.csv);
      }
      response.writeHead(request.method === "POST" && result.created ? 201 : 200, {
        "content-type": "application/json",
      });
      response.end(JSON.stringify(result));
    } catch (error) {
      sendProblem(response, error);
    }
  });

  const live = new WebSocketServer({ server, path: "/api/v1/live" });
  live.on("connection", (socket) => {
    socket.on("close", () => sockets.delete(socket));
    socket.on("message", (data) => {
      const event = JSON.parse(String(data));
      if (event.type === "ping") socket.send(JSON.stringify({ type: "pong" }));
      if (event.type !== "auth") return;
      const known = access.get(event.token);
      if (!known || known.until < Date.now()) {
        socket.send(JSON.stringify({ type: "auth.expired" }));
        socket.close(4401);
        return;
      }
      sockets.add(socket);
      socket.send(JSON.stringify({ type: "ready" }));
    });
  });

  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    store,
    requests,
    push,
    sockets,
    /** The next request that matches gets `act()` instead of an answer. */
    failNext: (match, act) => failures.push({ match, act }),
    refuse: (status, code, detail, fields) => {
      throw new Refusal(status, code, detail, fields);
    },
    expireAccess: () => access.clear(),
    expireAll: () => {
      access.clear();
      refresh.clear();
    },
    closeSockets: (code) => {
      for (const socket of live.clients) socket.close(code);
    },
    dropSockets: () => {
      for (const socket of live.clients) socket.terminate();
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of live.clients) socket.terminate();
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

/** Returned by a failure: the connection breaks without an answer. */
export const DROPPED = Symbol("dropped");
export { newId };

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const boundary = /boundary=(.+)$/.exec(request.headers["content-type"] ?? "")?.[1];
  if (boundary) return fileOf(text, boundary);
  return text ? JSON.parse(text) : undefined;
}

/** The one file of a form, by name and text. */
function fileOf(text, boundary) {
  const [head, ...rest] = (text.split(`--${boundary}`)[1] ?? "").split("\r\n\r\n");
  const name = /filename="([^"]*)"/.exec(head)?.[1] ?? "file";
  return { name, text: rest.join("\r\n\r\n").replace(/\r\n$/, "") };
}

function sendProblem(response, error) {
  const { status = 500, code = "internal", detail = String(error), fields } = error;
  response.writeHead(status, { "content-type": "application/problem+json" });
  response.end(
    JSON.stringify({ type: "about:blank", title: code, status, detail, code, params: {}, fields }),
  );
}

function sendMedia(response, id) {
  const [type, bytes] = id.startsWith("photo") ? ["image/png", picture()] : ["audio/wav", tone()];
  response.writeHead(200, { "content-type": type });
  response.end(bytes);
}

function servePage(response, path, dist) {
  if (!dist || !path.startsWith("/app")) return response.writeHead(404).end();
  const file = join(dist, normalize(path.slice("/app".length)));
  const inside = file.startsWith(dist + sep);
  const found = inside && existsSync(file) && statSync(file).isFile();
  sendFile(response, found ? file : join(dist, "index.html"));
}

function sendFile(response, file) {
  const headers = { "content-type": TYPES[extname(file)] ?? "application/octet-stream" };
  // The frame is a stand-in for Telegram, not a page of ours: it has a script of its own.
  if (!file.endsWith("telegram-frame.html")) headers["content-security-policy"] = CSP;
  response.writeHead(200, headers);
  createReadStream(file).pipe(response);
}
