// What surrounds the form: counts, today's rows, entries that wait or were refused, the pill and the toast.
import { $, $$, clock, make, say } from "./dom.js";

const TOAST_MS = 10_000;
const FEW_MS = 400;
const MOST_SQUARES = 5;
const SVG = "http://www.w3.org/2000/svg";
const STROKES = ["M2 2v12", "M2 14h12", "M14 14V2", "M14 2H2", "M3 13 13 3"];

export function showCounts(counts) {
  if (!counts) return;
  for (const [name, number] of Object.entries(counts)) {
    $$(`[data-count="${name}"]`).forEach((one) => { one.textContent = new Intl.NumberFormat("vi").format(number); });
  }
  drawTally(counts.mine);
}

// Four strokes and a diagonal make five, as on paper.
export function drawTally(number) {
  const full = Math.floor(number / 5);
  const squares = [...Array(full).fill(5), ...(number % 5 ? [number % 5] : [])].slice(-MOST_SQUARES);
  $("[data-tally]").replaceChildren(...squares.map((strokes) => {
    const svg = document.createElementNS(SVG, "svg");
    Object.entries({ viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true" }).forEach(([key, value]) => svg.setAttribute(key, value));
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", STROKES.slice(0, strokes).join(""));
    path.setAttribute("stroke-width", "2");
    path.setAttribute("stroke-linecap", "square");
    svg.append(path);
    return svg;
  }));
}

// The page brings one blank row, made by the same template as the others; a saved visit fills it.
const BLANK = "00000000-0000-0000-0000-000000000000";

export function addRow(visit) {
  const holder = document.createElement("template");
  holder.innerHTML = $("#blank-row").innerHTML.trim().replaceAll(BLANK, visit.id);
  const row = holder.content.firstElementChild;
  const time = visit.occurred_at.slice(11, 16);
  const [clock, menu] = [$("time", row), $("summary", row)];
  menu.setAttribute("aria-label", menu.getAttribute("aria-label").replace(clock.textContent, time));
  row.dataset.at = clock.dateTime = visit.occurred_at;
  clock.textContent = time;
  $("strong", row).textContent = visit.headline;
  $(".visit-what span", row).textContent = visit.detail;
  document.getElementById(row.id)?.remove();
  place(row);
  $$(".visit.is-new").forEach((one) => one.classList.remove("is-new"));
  row.classList.add("is-new");
  return row;
}

// Newest first, by the time of the visit.
function place(row) {
  const list = $("#visits");
  const at = new Date(row.dataset.at).getTime();
  const older = [...list.children].find((one) => new Date(one.dataset.at).getTime() <= at);
  list.insertBefore(row, older ?? null);
  $("[data-no-visits]").hidden = true;
}

export function removeRow(id) {
  document.getElementById(`visit-${id}`)?.remove();
  $("[data-no-visits]").hidden = $("#visits").children.length > 0;
}

export function showWaiting(outbox) {
  const settled = outbox.state !== "sending";
  const items = outbox.waiting().filter((item) => settled || clock.now() - item.at > FEW_MS);
  $$(".visit.is-waiting").forEach((row) => { if (!items.some((item) => item.id === row.dataset.id)) row.remove(); });
  items.forEach((item) => {
    if (document.getElementById(`visit-${item.id}`) || !item.label) return;
    const row = make("li", "visit is-waiting");
    row.id = `visit-${item.id}`;
    row.dataset.id = item.id;
    row.dataset.at = item.body?.occurred_at ?? new Date(item.at).toISOString();
    const what = make("div", "visit-what");
    what.append(make("strong", "", item.label.headline), make("span", "", item.label.detail));
    row.append(make("time", "", item.label.time), what, make("span", "badge badge-star", say(item.kind === "undo" ? "undoWait" : "wait")));
    if (item.kind === "save") {
      const undo = make("button", "btn btn-text btn-sm", say("undo"));
      undo.type = "button";
      undo.dataset.undo = "";
      row.append(undo);
    }
    place(row);
  });
  showPill(outbox, items.length);
  $("[data-no-visits]").hidden = $("#visits").children.length > 0;
}

function showPill(outbox, number) {
  const pill = $("#connection");
  const names = { login: "login", closed: "closed", offline: "waiting" };
  const sent = number === 0;
  pill.className = `pill connection ${sent ? "pill-ok" : "pill-waiting"}`;
  const text = sent ? say("allSent") : say(names[outbox.state] === "waiting" ? "waiting" : "pill", { n: number });
  if ($("[data-text]", pill).textContent !== text) $("[data-text]", pill).textContent = text;
  notice("login", !sent && outbox.state === "login", say("login", { n: number }), say("loginLink"));
  notice("closed", !sent && outbox.state === "closed", say("closed"));
}

// A line above the form that says what holds the sending up.
function notice(name, wanted, sentence, link) {
  const old = $(`#refused [data-notice="${name}"]`);
  if (!wanted || old) return wanted ? undefined : old?.remove();
  const line = make("div", "notice notice-star");
  line.dataset.notice = name;
  line.append(make("p", "", sentence));
  if (link) {
    const way = make("a", "btn btn-outline btn-sm", link);
    way.href = $("#desk").dataset.login;
    line.append(way);
  }
  $("#refused").prepend(line);
}

export function showRefused(outbox) {
  $$("#refused [data-id]").forEach((line) => line.remove());
  outbox.items().filter((item) => item.refused).forEach((item) => {
    const line = make("div", "notice notice-red");
    line.dataset.id = item.id;
    const text = make("p");
    text.append(make("strong", "", say("refused", { time: item.label?.time ?? "" })), ` ${item.refused.join(" ")}`);
    line.append($("#icon-warning").content.cloneNode(true), text);
    if (item.kind === "save") line.append(button("mend", "btn-outline"));
    line.append(button("drop", "btn-text"));
    $("#refused").append(line);
  });
}

function button(name, look) {
  const one = make("button", `btn btn-sm ${look}`, say(name));
  one.type = "button";
  one.dataset[name] = "";
  return one;
}

export function setUpToast() {
  const toast = $("#toast");
  let timer = 0, ends = 0, left = 0, undo = null;

  function hide() {
    clearTimeout(timer);
    toast.hidden = true;
    undo = null;
    $$(".visit.is-new").forEach((one) => one.classList.remove("is-new"));
  }

  function run(ms) {
    clearTimeout(timer);
    ends = Date.now() + ms;
    timer = setTimeout(hide, ms);
  }

  const hold = () => { if (!toast.hidden) { clearTimeout(timer); left = Math.max(ends - Date.now(), 1000); } };
  const go = () => { if (!toast.hidden && !toast.matches(":hover, :focus-within")) run(left || TOAST_MS); };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", go);
  toast.addEventListener("focusout", () => setTimeout(go));
  $("[data-undo]", toast).addEventListener("click", (event) => {
    const act = undo;
    event.currentTarget.blur();
    hide();
    act?.();
  });

  return {
    hide,
    show(sentence, act = null) {
      toast.hidden = true;
      undo = act;
      $("[data-text]", toast).textContent = sentence;
      $("[data-undo]", toast).hidden = !act;
      // Read the layout, so that the yellow line begins anew.
      void toast.offsetWidth;
      toast.hidden = false;
      run(TOAST_MS);
    },
    undo() {
      if (toast.hidden || !undo) return false;
      $("[data-undo]", toast).click();
      return true;
    },
  };
}
