/** Elements by one call; text is always text, never markup. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name in node && name !== "list" && name !== "style") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const PATHS = {
  attach: "M20.5 11.5 12 20a5.3 5.3 0 0 1-7.500-7.500l8.800-8.800a3.600 3.600 0 0 1 5 5L9.600 17.400a1.800 1.800 0 0 1-2.600-2.600l7.700-7.600",
  send: "M4 12 20 4l-4.500 16-3.700-6.300zM11.800 13.700 20 4",
  mic: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5.500 11a6.500 6.500 0 0 0 13 0M12 17.500V21",
  stop: "M7 7h10v10H7z",
  close: "M6 6l12 12M18 6 6 18",
  back: "M14.500 5.500 8 12l6.500 6.500",
  reply: "M10 6 4 12l6 6v-4c5 0 8 1.500 10 4.500C19.500 13 16 10 10 10z",
  edit: "M4 20h4L19 9l-4-4L4 16zM13.500 6.500l4 4",
  trash: "M5 7h14M10 7V4.500h4V7M7 7l1 13h8l1-13",
  copy: "M9 9h10.500v10.500H9zM15 9V4.500H4.500V15H9",
  photo: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9.500h.01",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  menu: "M4 7h16M4 12h16M4 17h16",
  slash: "M5 4h14v16H5zM14 8l-4 8",
  down: "M6 9.500l6 6 6-6",
  more: "M12 5.500h.01M12 12h.01M12 18.500h.01",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M18.700 5.300l-1.400 1.400M6.700 17.300l-1.400 1.400",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500z",
  bolt: "M13 3 5 13.500h6L10 21l8-10.500h-6z",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  out: "M8 16 16 8M9 8h7v7",
  window: "M4 5h16v14H4zM4 9.500h16",
  play: "M8 5v14l11-7z",
  pause: "M8 5v14M16 5v14",
  bot: "M6 9h12v9H6zM12 9V5.500M12 5.500h.01M9.500 13h.01M14.500 13h.01M3.500 12v3M20.500 12v3",
  block: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM6 6l12 12",
  ticks: "M1.500 6.500 5 10l6.500-8M7.500 9l1 1L15.500 2",
};

export function icon(name, className = "icon") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", name === "ticks" ? "0 0 17 12" : "0 0 24 24");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function avatar(name, id, { bot = false } = {}) {
  const node = el("span", { className: "avatar", data: { tint: String(id % 7) } });
  if (bot) node.append(icon("bot", ""));
  else node.textContent = name.split(" ").map((word) => word[0] || "").join("").slice(0, 2).toUpperCase();
  return node;
}
