// The grid by keyboard and by mouse. Every act is a POST that the server does or refuses; the board comes back whole.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

const board = () => $("#board");
const everySpot = () => $$("#board a.c");
const spots = () => everySpot().filter((link) => link.getClientRects().length); // on a phone weeks are folded away
const spotOf = (link) => new URL(link.href).searchParams.get("at");
const isChip = (link) => !link.matches(".h, .e");
let lifted = null; // the spot of the chip in hand
let current = null; // the spot with the tab stop
let opener = 0;

function find(spot) {
  return spot ? everySpot().find((link) => spotOf(link) === spot) : null;
}

function say(text) {
  $("#heard").textContent = text;
}

function csrf() {
  return $("#board input[name=csrfmiddlewaretoken]").value;
}

function act(name, values = {}) {
  const url = board().dataset[name];
  if (!url) return;
  const body = { csrfmiddlewaretoken: csrf(), view: board().dataset.view, ...values };
  htmx.ajax("POST", url, { target: "#board", swap: "outerHTML", values: body });
}

// One stop for the Tab key; arrows go on from there.
function rove(link, { focus = false } = {}) {
  const links = spots();
  const stop = link ?? find(current) ?? links[0];
  links.forEach((one) => { one.tabIndex = one === stop ? 0 : -1; });
  if (!stop) return;
  current = spotOf(stop);
  if (focus) stop.focus({ preventScroll: false });
}

function open(link) {
  const spot = spotOf(link);
  $$("#board .on").forEach((one) => one.classList.remove("on"));
  link.classList.add("on");
  rove(link);
  const ticket = ++opener;
  htmx.ajax("GET", link.href, { target: "#panel", swap: "outerHTML" }).then(() => {
    if (ticket === opener) history.replaceState(null, "", `?at=${spot}`);
  });
}

function close() {
  $$("#board .on").forEach((one) => one.classList.remove("on"));
  const plain = location.pathname;
  htmx.ajax("GET", plain, { target: "#panel", swap: "outerHTML" });
  history.replaceState(null, "", plain);
  find(current)?.focus();
}

function lift(link) {
  drop();
  lifted = spotOf(link);
  link.classList.add("lifted");
  const words = board().dataset.lifted.replace("{name}", link.textContent);
  say(words);
  $("#carry span").textContent = words;
  $("#carry").hidden = false;
  if (matchMedia("(max-width: 767.98px)").matches) $("#panel").classList.remove("panel-open");
  link.focus();
}

function drop() {
  lifted = null;
  if ($("#carry")) $("#carry").hidden = true;
  $$("#board .lifted, #board .over").forEach((one) => one.classList.remove("lifted", "over"));
}

function putOn(link) {
  const [at, to] = [lifted, spotOf(link)];
  drop();
  if (at !== to) act("move", { at, to });
}

function middle(link) {
  const box = link.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2, box };
}

// The nearest spot in a direction: first the nearest line, then the place on it that lies straightest.
function neighbour(link, key) {
  const from = middle(link);
  const level = (box) => box.top < from.box.bottom - 2 && box.bottom > from.box.top + 2;
  const ahead = spots().map((one) => ({ one, ...middle(one) })).filter(({ one, x, y, box }) => {
    if (one === link) return false;
    if (key === "ArrowLeft") return level(box) && x < from.x;
    if (key === "ArrowRight") return level(box) && x > from.x;
    return key === "ArrowUp" ? box.bottom <= from.box.top + 2 : box.top >= from.box.bottom - 2;
  });
  const sideways = key === "ArrowLeft" || key === "ArrowRight";
  const off = ({ x, box }) => (from.box.left < box.right && box.left < from.box.right ? 0 : Math.abs(x - from.x));
  const cost = (place) => (sideways ? Math.abs(place.x - from.x) : off(place) * 1000 + Math.abs(place.y - from.y));
  return ahead.sort((a, b) => cost(a) - cost(b) || Math.abs(a.x - from.x) - Math.abs(b.x - from.x))[0]?.one;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const link = event.target.closest?.("#board a.c");
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "z") {
    event.preventDefault();
    act("undo");
  } else if (key === "Escape") {
    if (lifted) drop();
    else if ($("#board .panel-open")) close();
  } else if (link && key.startsWith("Arrow")) {
    event.preventDefault();
    const next = neighbour(link, key);
    if (next) rove(next, { focus: true });
  } else if (link && key === "Enter" && lifted) {
    event.preventDefault();
    putOn(link);
  } else if (link && key === "x") {
    event.preventDefault();
    if (lifted) putOn(link);
    else if (isChip(link)) lift(link);
  } else if (link && isChip(link) && key === "p") {
    act("pin", { at: spotOf(link) });
  } else if (link && isChip(link) && (key === "Delete" || key === "Backspace")) {
    event.preventDefault();
    act("clear", { at: spotOf(link) });
  }
});

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const link = event.target.closest("#board a.c, #board a.d, #board a.hole-link");
  if (link) {
    event.preventDefault();
    if (lifted && link.matches(".c")) putOn(link);
    else open(link.matches(".hole-link") ? find(link.dataset.spot) ?? link : link);
  } else if (event.target.closest("[data-close]")) {
    event.preventDefault();
    close();
  } else if (event.target.closest("[data-drop]")) {
    drop();
    find(current)?.focus();
  } else if (event.target.closest("[data-lift]")) {
    const chip = $("#board a.c.on");
    if (chip) lift(chip);
  }
});

document.addEventListener("dragstart", (event) => {
  const link = event.target.closest?.("#board a.c");
  if (!link) return;
  if (!isChip(link)) return event.preventDefault();
  lifted = spotOf(link);
  link.classList.add("lifted");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", link.textContent);
});

document.addEventListener("dragover", (event) => {
  const link = lifted && event.target.closest?.("#board a.c");
  if (!link) return;
  event.preventDefault();
  if (link.classList.contains("over")) return;
  $$("#board .over").forEach((one) => one.classList.remove("over"));
  link.classList.add("over");
});

document.addEventListener("drop", (event) => {
  const link = lifted && event.target.closest?.("#board a.c");
  if (!link) return;
  event.preventDefault();
  putOn(link);
});

document.addEventListener("dragend", drop);

// After a swap: the tab stop, the mark and the focus go where the act ended.
function settle({ focus }) {
  const root = board();
  if (!root) return;
  const spot = root.dataset.focus;
  const link = find(spot) ?? find(current) ?? sameCell(spot ?? current);
  $("#board .on")?.classList.remove("on");
  if (link && $("#board .panel-open")) link.classList.add("on");
  rove(link, { focus: focus && Boolean(link) });
  $$("#board [data-lift]").forEach((button) => { button.hidden = false; });
  // The toast leaves by itself, but not from under a hand.
  const toast = $("#board .toast-slot .toast");
  toast?.querySelector(".toast-line")?.addEventListener("animationend", () => toast.remove());
}

function sameCell(spot) {
  const [date, post] = (spot ?? "").split(".");
  return date && post ? spots().find((link) => spotOf(link).startsWith(`${date}.${post}.`)) : null;
}

document.addEventListener("htmx:afterSwap", (event) => {
  // A refusal ends the sentence of the act before it.
  if (event.detail.target.id === "refused") $("#board .toast-slot .toast")?.remove();
  if (event.detail.target.id === "panel" || event.detail.elt?.id === "panel") {
    $$("#board [data-lift]").forEach((button) => { button.hidden = false; });
  } else if (event.detail.target.id === "board" || event.detail.elt?.id === "board") {
    settle({ focus: document.activeElement === document.body || !document.activeElement });
  }
});
settle({ focus: false });
