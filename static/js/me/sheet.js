// Links marked data-sheet open their page as a sheet over this one. Forms inside are sent as usual.
import { dressDays } from "./dates.js";

let sheet;

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

export function openSheets() {
  dressDays(document);
  if (typeof HTMLDialogElement === "undefined") return;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-sheet]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    // On a page of its own the links lead on to pages.
    if (!link.closest("dialog") && document.querySelector(".me-page")) return;
    event.preventDefault();
    show(link).catch(() => location.assign(link.href));
  });
}
