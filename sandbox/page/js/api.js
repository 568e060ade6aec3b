async function call(method, path, body) {
  const answer = await fetch(`/sandbox/${path}`, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const detail = found.detail;
    throw new Error(typeof detail === "string" ? detail : detail?.[0]?.msg || `${answer.status}`);
  }
  return found;
}

const inChat = (chat, tail = "") => `telegram/chats/${chat.chat_id}/messages${tail}?bot=${chat.bot}`;

export const api = {
  people: () => call("GET", "people").then((found) => found.people),
  bots: () => call("GET", "telegram/bots").then((found) => found.bots),
  status: () => call("GET", "status"),
  chat: (chat) => call("GET", `telegram/chats/${chat.chat_id}?bot=${chat.bot}`),
  messages: (chat, limit = 300) => call("GET", `${inChat(chat)}&limit=${limit}`),
  write: (chat, message) => call("POST", inChat(chat), message),
  edit: (chat, id, text) => call("PATCH", inChat(chat, `/${id}`), { text }),
  remove: (chat, id) => call("DELETE", inChat(chat, `/${id}`)),
  press: (chat, message_id, data) =>
    call("POST", "telegram/callbacks", { chat_id: chat.chat_id, user_id: chat.chat_id, bot: chat.bot, message_id, data })
      .then((found) => found.answer),
  block: (chat, blocked) => call("POST", "telegram/blocks", { user_id: chat.chat_id, bot: chat.bot, blocked }),
  initData: (chat, start_param) =>
    call("POST", "telegram/init-data", { user_id: chat.chat_id, bot: chat.bot, start_param }).then((found) => found.init_data),
  faults: () => call("GET", "faults").then((found) => found.faults),
  addFault: (fault) => call("POST", "faults", fault),
  removeFault: (id) => call("DELETE", `faults/${id}`),
  requests: (limit = 300) => call("GET", `requests?limit=${limit}`).then((found) => found.requests),
  clearRequests: () => call("DELETE", "requests"),
};

/** Follows what happens; `onOpen` is called whenever the stream has begun: what was before it is not in it. */
export function follow(onEvent, onLoss, onOpen) {
  const source = new EventSource("/sandbox/live");
  let lost = false;
  source.onmessage = (event) => onEvent(JSON.parse(event.data));
  source.onerror = () => { if (!lost) { lost = true; onLoss(); } };
  source.onopen = () => { lost = false; onOpen(); };
}
