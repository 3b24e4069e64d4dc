// The plan of an event: the date in words with its picker, and units suggested while one types.
import { dressDays } from "../me/dates.js";

const WAIT_BEFORE_ASKING_MS = 150;

dressDays(document);
const form = document.querySelector("form[data-hosts]");
suggest(form.querySelector("[data-host]"));

function suggest(input) {
  const list = Object.assign(document.createElement("ul"), { id: `${input.id}-list`, className: "outreach-hosts", hidden: true });
  let timer = 0, asking = null, active = -1;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.querySelector(`label[for="${input.id}"]`).textContent.trim());
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  input.after(list);

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(at) {
    const options = [...list.children];
    active = (at + options.length) % options.length;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
    input.setAttribute("aria-activedescendant", options[active].id);
    options[active].scrollIntoView({ block: "nearest" });
  }

  function choose(option) {
    input.value = option.textContent;
    close();
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const query = new URLSearchParams({ q: input.value, date: form.elements.date.value, team: form.elements.team.value });
    try {
      const answer = await fetch(`${form.dataset.hosts}?${query}`, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return close();
      show((await answer.json()).units);
    } catch { close(); }
  }

  function show(units) {
    if (!units.length || document.activeElement !== input) return close();
    list.replaceChildren(...units.map((name, place) => {
      const option = Object.assign(document.createElement("li"), { id: `${list.id}-${place}`, textContent: name });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      return option;
    }));
    active = -1;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (!input.value.trim()) return close();
    timer = setTimeout(ask, WAIT_BEFORE_ASKING_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1));
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      choose(list.children[active]);
    } else if (event.key === "Escape") close();
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("li");
    if (option) choose(option);
  });
  input.addEventListener("blur", close);
}
