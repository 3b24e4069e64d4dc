// Links marked data-sheet open their page as a sheet over this one. Forms inside are sent as usual.
import { dressDays } from "./dates.js";

let sheet, offline;

function make() {
  sheet = document.createElement("dialog");
  sheet.className = "sheet-over";
  sheet.setAttribute("aria-labelledby", "sheet-title");
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet || event.target.closest("[data-close]")) {
      event.preventDefault();
      sheet.close();
    }
  });
  document.body.append(sheet);
}

async function show(link) {
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  // A refusal or an expired login redirects: then the browser goes there itself.
  if (!answer.ok || answer.redirected) return location.assign(link.href);
  if (!sheet) make();
  sheet.innerHTML = await answer.text();
  dressDays(sheet);
  link.closest("details.menu")?.removeAttribute("open");
  if (!sheet.open) sheet.showModal();
  sheet.scrollTop = 0;
}

// The browser's own page without a network would take the duties out of sight: a line over them says it instead.
function lost(link) {
  if (navigator.onLine || !offline) return location.assign(link.href);
  (sheet?.open ? sheet : document.body).append(offline);
  offline.hidden = false;
}

export function openSheets() {
  dressDays(document);
  offline = document.querySelector("[data-offline]");
  if (typeof HTMLDialogElement === "undefined") return;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-sheet]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    // On a page of its own the links lead on to pages.
    if (!link.closest("dialog") && document.querySelector(".me-page")) return;
    event.preventDefault();
    if (offline) offline.hidden = true;
    show(link).catch(() => lost(link));
  });
}
