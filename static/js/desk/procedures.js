// Choosing a procedure: the eight quick ones, the type-ahead, and the card with papers, counter and QR.
import { $, $$, make, say } from "./dom.js";

const WAIT_BEFORE_ASKING_MS = 120;

export function setUpProcedures(form, { url, changed }) {
  const input = $("#procedure", form);
  const found = $("#found", form);
  const quick = $("#quick", form);
  const place = $("#card", form);
  const hidden = make("input");
  const cards = new Map();
  let chosen = null, active = -1, timer = 0, asking = null;

  // Without this script the text field itself sends the code.
  hidden.type = "hidden";
  hidden.name = "procedure";
  input.removeAttribute("name");
  input.after(hidden);

  function choose(procedure, { quiet = false } = {}) {
    chosen = procedure;
    hidden.value = procedure?.code ?? "";
    input.value = "";
    close();
    form.classList.toggle("has-procedure", Boolean(procedure));
    $$("[data-code]", quick).forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.code === procedure?.code)));
    showCard(procedure);
    if (!quiet) changed(procedure);
  }

  async function showCard(procedure) {
    $("[data-empty]", place).hidden = Boolean(procedure);
    const slot = $("[data-card]", place);
    if (!procedure) return slot.replaceChildren();
    if (!cards.has(procedure.code)) {
      slot.replaceChildren(cardWithoutNetwork(procedure));
      try {
        const answer = await fetch(`${url}${encodeURIComponent(procedure.code)}/card/`);
        if (!answer.ok || answer.redirected) return;
        cards.set(procedure.code, await answer.text());
      } catch { return; }
    }
    if (chosen?.code !== procedure.code) return;
    slot.innerHTML = cards.get(procedure.code);
  }

  function cardWithoutNetwork(procedure) {
    const card = make("article", "procedure-card");
    const foot = make("p", "procedure-foot");
    const clear = make("button", "link-btn", say("clear"));
    clear.type = "button";
    clear.dataset.clear = "";
    foot.append(clear);
    card.append(make("h3", "", procedure.name), foot);
    return card;
  }

  place.addEventListener("click", (event) => {
    if (event.target.closest("[data-clear]")) choose(null);
  });

  quick.addEventListener("click", (event) => {
    const one = event.target.closest("[data-code]");
    if (!one) return;
    if (event.detail) one.blur();
    const { code, level, department } = one.dataset;
    choose(one.dataset.code === chosen?.code ? null : { code, level, department, name: one.innerText.replace(/^\d\s*/, "") });
  });

  // A letter in the quick list begins the type-ahead: it lands in the field, since the focus moves before it is typed.
  quick.addEventListener("keydown", (event) => {
    if (event.key.length === 1 && /\p{L}/u.test(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.stopPropagation();
      input.focus();
    }
  });

  input.addEventListener("input", () => {
    clearTimeout(timer);
    const text = input.value.trim();
    if (text.length < 2) return close();
    timer = setTimeout(() => ask(text), WAIT_BEFORE_ASKING_MS);
  });

  async function ask(text) {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`${url}?q=${encodeURIComponent(text)}`, {
        headers: { Accept: "application/json" }, signal: asking.signal,
      });
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") show([], say("noSearch"));
    }
  }

  function show(procedures, sentence = say("noMatch")) {
    found.replaceChildren(...procedures.map(option));
    if (!procedures.length) {
      const none = make("li", "found-none", sentence);
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      found.append(none);
    }
    found.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(procedures.length ? 0 : -1);
  }

  function option(procedure, index) {
    const one = make("li");
    one.id = `found-${index}`;
    one.setAttribute("role", "option");
    one.append(make("span", "", procedure.name), make("small", "", [procedure.code, procedure.department].filter(Boolean).join(", ")));
    one.addEventListener("mousedown", (event) => event.preventDefault());
    one.addEventListener("click", () => pick(procedure));
    one.procedure = procedure;
    return one;
  }

  function pick(procedure) {
    choose({ code: procedure.code, name: procedure.name, level: procedure.level, department: procedure.department_code });
    input.blur();
  }

  function mark(index) {
    active = index;
    [...found.children].forEach((one, at) => one.setAttribute("aria-selected", String(at === index)));
    if (index < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", `found-${index}`);
    found.children[index].scrollIntoView({ block: "nearest" });
  }

  function close() {
    clearTimeout(timer);
    asking?.abort();
    found.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  }

  input.addEventListener("blur", close);
  input.addEventListener("keydown", async (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const many = found.hidden ? 0 : found.children.length;
    if (event.key === "ArrowDown" && many) mark((active + 1) % many);
    else if (event.key === "ArrowUp" && many) mark((active + many - 1) % many);
    else if (event.key === "Escape" && many) close();
    else if (event.key === "Enter") {
      // Enter may come before the answer does.
      if (!many && input.value.trim()) await (clearTimeout(timer), ask(input.value.trim()));
      const procedure = found.children[Math.max(active, 0)]?.procedure;
      if (!found.hidden && procedure) pick(procedure);
      else if (!input.value.trim()) input.blur();
    } else return;
    event.preventDefault();
  }, true);
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });

  if (input.value) choose({ code: input.value.trim(), name: input.dataset.name || input.value.trim() }, { quiet: true });

  return {
    choose,
    chosen: () => chosen,
    focus() {
      const inQuick = quick.contains(document.activeElement);
      const first = $("[aria-pressed=true]", quick) ?? $("button", quick);
      if (inQuick || !first || first.offsetParent === null) {
        if (chosen && input.offsetParent === null) choose(null);
        input.focus();
      } else first.focus();
    },
  };
}
