// Today: one open panel at a time, and no refresh under a hand that is busy in it.
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const polls = event.target.id === "today" && event.detail.requestConfig.verb === "get";
  if (polls && (document.hidden || document.querySelector("[data-panel]"))) event.preventDefault();
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  const panel = event.target.querySelector?.(":scope > [data-panel]");
  if (!panel) return;
  document.querySelectorAll("[data-panel]").forEach((other) => { if (other !== panel) other.remove(); });
  panel.querySelector("[data-close]").hidden = false;
  panel.querySelector("button").focus();
});

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  if (!close) return;
  const row = close.closest(".today-person");
  close.closest("[data-panel]").remove();
  row?.querySelector("a.btn-icon")?.focus();
});

// A page that was in the pocket shows the present as soon as it is looked at.
document.addEventListener("visibilitychange", () => {
  const board = document.querySelector("#today[hx-get]");
  if (!document.hidden && board) window.htmx?.ajax("GET", board.getAttribute("hx-get"), { target: board, source: board, swap: "outerHTML" });
});
