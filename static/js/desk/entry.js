// The entry being typed: read from the form, put into it, and what is still missing in it.
import { $, $$, clock, make, say } from "./dom.js";

const TIME = /^([01]?\d|2[0-3])[:h.]?([0-5]\d)$/;

export function setUpEntry(form, procedures) {
  const all = (name) => $$(`[name="${name}"]`, form);
  const value = (name) => all(name).find((one) => one.checked)?.value ?? "";
  const tick = (name, wanted) => all(name).forEach((one) => { one.checked = one.value === wanted; });
  const field = (name) => form.elements[name];
  const open = $("#dossier_open", form);
  // The outreach event to which this page is tied: it goes with every entry, also through the outbox.
  const event = form.elements.event;
  const time = $("#time");
  let confirmed = false;

  function read() {
    const at = TIME.exec(time.value.trim());
    return {
      occurred_at: at ? `${clock.day()}T${at[1].padStart(2, "0")}:${at[2]}:00+07:00` : new Date(clock.now()).toISOString(),
      audience: value("audience"),
      activities: all("activities").filter((one) => one.checked).map((one) => one.value),
      account: value("account"),
      procedure: procedures.chosen()?.code ?? "",
      queue_number: field("queue_number").value.trim(),
      counter: field("counter").value,
      site: field("site").value,
      post: field("post").value,
      ...(event ? { event: Number(event.value) } : {}),
      dossier: open.checked ? dossier() : null,
    };
  }

  function dossier() {
    const outcome = value("dossier_outcome");
    return {
      code: field("dossier_code").value.trim(),
      code_confirmed: confirmed || undefined,
      level: value("dossier_level") || null,
      guided: field("dossier_guided").checked,
      complete: field("dossier_complete").checked,
      outcome,
      reason: outcome === "not_submitted" ? value("dossier_reason") : "",
    };
  }

  function fill(body = {}, procedure = null) {
    const sent = body.dossier;
    all("activities").forEach((one) => { one.checked = (body.activities ?? []).includes(one.value); });
    tick("audience", body.audience || "citizen");
    tick("account", body.account || null);
    field("queue_number").value = body.queue_number ?? "";
    field("counter").value = body.counter ?? "";
    time.value = body.typed_time ?? "";
    open.checked = Boolean(sent);
    field("dossier_code").value = sent?.code ?? "";
    field("dossier_guided").checked = Boolean(sent?.guided);
    field("dossier_complete").checked = Boolean(sent?.complete);
    tick("dossier_outcome", sent?.outcome || "submitted");
    tick("dossier_level", sent?.level || null);
    tick("dossier_reason", sent?.reason || null);
    confirmed = false;
    procedures.choose(procedure, { quiet: true });
  }

  function isEmpty() {
    const body = read();
    return !body.activities.length && !body.account && !body.procedure && !body.queue_number && !body.dossier
      && !time.value && body.audience === "citizen";
  }

  // The first thing to do before this can be saved: where, and the sentence; null when all is there.
  function missing() {
    if (time.value.trim() && !TIME.test(time.value.trim())) return [time, say("badTime")];
    if (!all("activities").some((one) => one.checked)) return [all("activities")[0], say("noActivity")];
    if (!open.checked) return null;
    const outcome = value("dossier_outcome");
    const ticks = ["dossier_guided", "dossier_complete"].map(field);
    if (outcome === "submitted") {
      const without = ticks.filter((one) => !one.checked);
      if (without.length === 2) return [ticks[0], say("missBoth")];
      if (without.length) return [without[0], say(without[0] === ticks[0] ? "missGuided" : "missComplete")];
      if (!value("dossier_level")) return [all("dossier_level")[0], say("missLevel")];
    }
    if (outcome === "not_submitted" && !value("dossier_reason")) return [all("dossier_reason")[0], say("missReason")];
    return null;
  }

  const names = () => all("activities").filter((one) => one.checked).map((one) => one.dataset.short);
  const labelOf = (one) => one ? [...$(`label[for="${one.id}"]`, form).childNodes].at(-1).textContent.trim() : "";
  const audience = () => labelOf(all("audience").find((one) => one.checked));
  const level = () => all("dossier_level").find((one) => one.checked)?.dataset.name ?? "";

  // What a row shows while its entry waits to be sent.
  function label(body) {
    const first = names();
    const more = first.length > 3 ? ` +${first.length - 3}` : "";
    const detail = [audience(), procedures.chosen()?.name, body.queue_number, event?.dataset.venue].filter(Boolean).join(", ");
    return { time: clock.time(body.occurred_at), headline: first.slice(0, 3).join(", ") + more, detail };
  }

  // The line beside Save, the words on Save, the yellow ticks and the folded tiles.
  function show() {
    const count = names().length;
    const outcome = value("dossier_outcome");
    const lacking = count || open.checked ? missing() : null;
    form.dataset.outcome = outcome;
    ["dossier_guided", "dossier_complete"].forEach((name) => {
      field(name).closest(".check-card").classList.toggle("waiting", open.checked && outcome === "submitted" && !field(name).checked);
    });
    const parts = [audience(), say("count", { n: count }), procedures.chosen()?.name, open.checked && `${say("dossier")} ${level()}`.trim()];
    $("[data-says]", form).textContent = isEmpty() ? say("start") : `${parts.filter(Boolean).join(", ")}.`;
    $("[data-missing]", form).textContent = lacking?.[1] ?? "";
    const name = { submitted: "saveSubmitted", prepared: "savePrepared", not_submitted: "saveNot_submitted" }[outcome];
    $("#save [data-short]").textContent = open.checked ? say(name, { level: level() }).trim() : say(count ? "saveCount" : "save", { n: count });
    if (!open.checked) form.classList.remove("is-folded");
  }

  function clearErrors() {
    $("#summary").hidden = true;
    $$("[data-field]").forEach((place) => place.classList.remove("has-error"));
    $$(".error").forEach((one) => { one.hidden = true; });
    $$("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
  }

  function showErrors(errors) {
    clearErrors();
    const links = $("#summary [data-links]");
    links.replaceChildren();
    for (const [name, sentences] of Object.entries(errors)) {
      const place = $(`[data-field="${name}"]`);
      const sentence = document.getElementById(`error-${name}`);
      const item = make("li");
      const control = place && $("input, select", place);
      if (place && sentence) {
        place.classList.add("has-error");
        $("span", sentence).textContent = sentences.join(" ");
        sentence.hidden = false;
        control?.setAttribute("aria-invalid", "true");
        const link = make("a", "", $("legend, label", place)?.childNodes[0].textContent.trim() || place.innerText.trim());
        link.href = `#error-${name}`;
        link.addEventListener("click", (event) => { event.preventDefault(); control?.focus(); });
        item.append(link);
      } else item.textContent = sentences.join(" ");
      links.append(item);
    }
    $("#summary [data-title]").textContent = say("problems", { n: links.children.length });
    $("#summary").hidden = false;
    $("#summary").focus();
  }

  return { read, fill, isEmpty, missing, label, show, showErrors, clearErrors, confirmCode() { confirmed = true; }, typedTime: () => time.value };
}
