// The desk: puts the parts together.
import { makeDraft } from "./draft.js";
import { $, $$, clock, newId, say } from "./dom.js";
import { setUpEntry } from "./entry.js";
import { focusOn, setUpKeys } from "./keys.js";
import { addRow, drawTally, removeRow, setUpToast, showCounts, showRefused, showWaiting } from "./list.js";
import { Outbox } from "./outbox.js";
import { setUpProcedures } from "./procedures.js";

const desk = $("#desk");
const form = $("#desk-form");
const onPhone = matchMedia("(max-width: 767.98px)");
const { user } = desk.dataset;

// A page that comes back from the browser's own memory carries an old time.
if (performance.getEntriesByType("navigation")[0]?.type !== "back_forward") clock.set(Date.parse(desk.dataset.now));
const openedOn = clock.day();

const draft = makeDraft(user);
const toast = setUpToast();
const procedures = setUpProcedures(form, { url: desk.dataset.procedures, changed: procedureChanged });
const entry = setUpEntry(form, procedures);
const outbox = new Outbox({ user, url: desk.dataset.visits, desk: location.pathname, saved, undone, refused, changed: outboxChanged });
let last = null;
// What the script chose by itself, so that it may take it back.
const chosenForYou = { account: false, level: false, counter: false };

// Choosing

function touched() {
  entry.show();
  if (entry.isEmpty()) draft.clear();
  else draft.save(entry.read(), procedures.chosen(), clock.day());
}

function setRadio(name, value) {
  $$(`[name="${name}"]`, form).forEach((one) => { one.checked = one.value === value; });
}

form.addEventListener("change", (event) => {
  const { name, dataset, checked, value } = event.target;
  if (name === "activities") tileChanged(dataset, checked);
  if (name === "dossier_open") form.classList.toggle("is-folded", checked);
  if (name === "account") chosenForYou.account = false;
  if (name === "dossier_level") chosenForYou.level = false;
  if (name === "counter") chosenForYou.counter = false;
  if (name === "dossier_outcome" && value === "not_submitted" && !onPhone.matches) focusReasons();
  event.target.closest("[data-field]")?.classList.remove("has-error");
  if (onPhone.matches) toast.hide();
  touched();
});
form.addEventListener("input", (event) => { if (event.target.matches("#queue_number, #dossier_code")) touched(); });

function focusReasons() {
  // After the click that chose the outcome has moved the focus itself.
  setTimeout(() => $("#reasons").focus());
}

function tileChanged({ opensAccount, needsDossier }, checked) {
  if (opensAccount !== undefined) {
    if (checked) setRadio("account", "opened");
    else if (chosenForYou.account) setRadio("account", null);
    chosenForYou.account = checked;
  }
  if (needsDossier !== undefined) {
    $("#dossier_open").checked = checked;
    form.classList.toggle("is-folded", checked);
    if (checked) reveal();
  }
}

// A second press on the chosen account takes it back: it may stay unasked.
let accountBefore = null;
$$("[name=account]", form).forEach((one) => one.addEventListener("click", () => {
  if (accountBefore === one) {
    one.checked = false;
    one.dispatchEvent(new Event("change", { bubbles: true }));
  }
  accountBefore = one.checked ? one : null;
}));
form.addEventListener("change", () => { accountBefore = $("[name=account]:checked", form); });

$("#usual")?.addEventListener("click", (event) => {
  if (event.detail) event.currentTarget.blur();
  $$("[name=activities]", form).forEach((one) => {
    const wanted = one.dataset.usual !== undefined;
    if (one.checked !== wanted) {
      one.checked = wanted;
      tileChanged(one.dataset, wanted);
    }
  });
  if (onPhone.matches) toast.hide();
  touched();
});

$("[data-unfold]").addEventListener("click", () => form.classList.remove("is-folded"));

function procedureChanged(procedure) {
  const level = $(`[name=dossier_level][value="${CSS.escape(procedure?.level ?? "")}"]`, form);
  if (level && procedure) {
    level.checked = true;
    chosenForYou.level = true;
  } else if (chosenForYou.level) setRadio("dossier_level", null);
  suggestCounter(procedure);
  touched();
}

function suggestCounter(procedure) {
  const counter = form.elements.counter;
  if (counter.value && !chosenForYou.counter) return;
  const option = procedure?.department && $(`option[data-department="${CSS.escape(procedure.department)}"]`, counter);
  counter.value = option?.value ?? "";
  chosenForYou.counter = Boolean(option);
}

function openDossier() {
  const open = $("#dossier_open");
  if (open.closest("[hidden]")) return false; // at a school: heads only
  if (open.checked) return focusOn($("#dossier_code"));
  open.click();
  reveal();
}

// What has opened below is brought into sight; on a phone the tiles above have folded.
function reveal() {
  if (onPhone.matches) scrollTo({ top: 0 });
  else $(".entry-dossier").scrollIntoView({ block: "nearest" });
}

// Saving

function save() {
  const missing = entry.missing();
  entry.clearErrors();
  if (missing) {
    const [control, sentence] = missing;
    $("[data-missing]", form).textContent = sentence;
    if (control.id === "time") $(".desk-move").open = true;
    if (control.name === "activities") form.classList.remove("is-folded");
    control.focus();
    return;
  }
  const body = { id: newId(), ...entry.read() };
  const item = { id: body.id, at: clock.now(), body, label: entry.label(body), procedure: procedures.chosen() };
  item.typedTime = entry.typedTime();
  blank();
  last = item.id;
  outbox.save(item);
  outboxChanged();
  setTimeout(outboxChanged, 450);
  if (onPhone.matches) scrollTo({ top: 0 });
}

function blank() {
  entry.fill();
  Object.keys(chosenForYou).forEach((name) => { chosenForYou[name] = false; });
  accountBefore = null;
  form.classList.remove("is-folded");
  $("#ask").hidden = true;
  $(".desk-move").open = false;
  draft.clear();
  entry.show();
  document.activeElement?.blur();
}

function takeUp(item) {
  setAside();
  entry.fill({ ...item.body, typed_time: item.typedTime }, item.procedure);
  touched();
}

// Puts a half-typed entry aside; Undo brings it back.
function setAside() {
  if (entry.isEmpty()) return;
  const body = { ...entry.read(), typed_time: entry.typedTime() };
  const procedure = procedures.chosen();
  blank();
  toast.show(say("setAside"), () => {
    entry.fill(body, procedure);
    touched();
  });
}

// Whether counts in an answer are those that this page shows: of its event, or of the desk.
const isHere = (answer) => (answer?.event ?? null) === (desk.dataset.event ? Number(desk.dataset.event) : null);

function saved(item, answer) {
  if (isHere(answer)) showCounts(answer.counts);
  addRow(answer.visit);
  toast.show(say("saved", { time: item.label?.time ?? "" }), () => undo(item.id));
}

function undone(item, answer) {
  removeRow(item.id);
  if (isHere(answer)) showCounts(answer?.counts);
  toast.show(say("undone", { time: item.label?.time ?? "" }));
}

// Returns whether the refusal is shown in the form: only when nothing new has been begun there.
function refused(item, answer) {
  if (item.kind !== "save" || item.id !== last || !entry.isEmpty() || !isHere(item.body)) return false;
  takeUp(item);
  if (answer?.ask === "dossier.code") {
    $("#ask").hidden = false;
    $("#ask [data-yes]").focus();
  } else entry.showErrors(answer?.errors ?? {});
  return true;
}

$("#ask [data-yes]").addEventListener("click", () => {
  entry.confirmCode();
  save();
});
$("#ask [data-no]").addEventListener("click", () => {
  $("#ask").hidden = true;
  focusOn($("#dossier_code"));
});

function outboxChanged() {
  desk.dataset.waiting = outbox.waiting().length;
  showWaiting(outbox);
  showRefused(outbox);
}

// Taking back

function undo(id) {
  const row = document.getElementById(`visit-${id}`);
  const label = row && { time: $("time", row).textContent, headline: $("strong", row).textContent, detail: $("span", row)?.textContent };
  row?.remove();
  if (last === id) last = null;
  outbox.undo(id, label);
  outboxChanged();
}

function undoLast() {
  if (toast.undo()) return;
  const row = (last && document.getElementById(`visit-${last}`)) || $("#visits .visit");
  if (row) undo(row.dataset.id);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("#visits [data-undo]");
  if (button) {
    event.preventDefault();
    undo(button.closest("[data-id]").dataset.id);
  }
  const line = event.target.closest("#refused [data-mend], #refused [data-drop]")?.closest("[data-id]");
  if (!line) return;
  const item = outbox.item(line.dataset.id);
  outbox.remove(line.dataset.id);
  if (event.target.closest("[data-mend]") && item) takeUp(item);
  outboxChanged();
});

// Starting

form.addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
form.addEventListener("reset", (event) => {
  event.preventDefault();
  reset();
});

function reset() {
  entry.clearErrors();
  setAside();
}

setUpKeys(form, { save, reset, undoLast, openDossier, focusQuick: () => procedures.focus() });

// A desk left open overnight begins the day anew.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && clock.day() !== openedOn && entry.isEmpty() && !outbox.items().length) location.reload();
});

const kept = draft.read(clock.day());
if (kept) entry.fill(kept.body, kept.procedure);
form.classList.toggle("is-folded", $("#dossier_open").checked);
drawTally(Number($("[data-count=mine]").textContent.replace(/\D/g, "")));
entry.show();
outboxChanged();
outbox.flush();
desk.dataset.ready = "";
