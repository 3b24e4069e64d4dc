// Small helpers, and the sentences of the page (they come translated in #texts).
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

const texts = $("#texts")?.dataset ?? {};

export function say(name, values = {}) {
  return (texts[name] ?? "").replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

// randomUUID is closed to pages on plain http.
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// The server's clock: desks are often minutes wrong, and an entry from the future is refused. Answers tell it in whole
// seconds, so a small difference says nothing; following it would turn the order of two quick entries round.
const TELLS_NOTHING_MS = 2000;
export const clock = {
  ahead: 0,
  set(serverTime) {
    const ahead = serverTime - Date.now();
    if (serverTime && Math.abs(ahead - this.ahead) > TELLS_NOTHING_MS) this.ahead = ahead;
  },
  now() { return Date.now() + this.ahead; },
  day() { return new Date(this.now() + 7 * 3600e3).toISOString().slice(0, 10); },
  time(at) { return new Date(new Date(at).getTime() + 7 * 3600e3).toISOString().slice(11, 16); },
};
