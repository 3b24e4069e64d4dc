// Forms of my own pages leave only when the site answers: without a network the browser's own page would take them away.
const ANSWERS_WITHIN_MS = 8000;
const unsent = document.querySelector("script[data-unsent]")?.dataset.unsent;
const sure = new WeakSet();

function say(form) {
  let line = form.querySelector("[data-not-sent]");
  if (!line) {
    line = document.createElement("p");
    line.className = "not-sent";
    line.dataset.notSent = "";
    line.setAttribute("role", "alert");
    form.append(line);
  }
  line.textContent = "";
  requestAnimationFrame(() => { line.textContent = unsent; });
}

async function siteAnswers() {
  if (!navigator.onLine) return false;
  try {
    return (await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) })).ok;
  } catch {
    return false;
  }
}

export function sendSurely() {
  if (!unsent || !AbortSignal.timeout) return;
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || sure.delete(form)) return;
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    const reached = await siteAnswers();
    form.ariaBusy = null;
    if (!reached) return say(form);
    form.querySelector("[data-not-sent]")?.remove();
    sure.add(form);
    form.requestSubmit(event.submitter);
  });
}
