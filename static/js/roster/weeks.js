// On a phone the weeks of the grid fold; without this module a week's line leads to the page of that week.
const opened = new Map(); // id of a week -> whether a hand folded it

function fold(week, folded) {
  week.classList.toggle("folded", folded);
  week.querySelector("[data-week]")?.setAttribute("aria-expanded", String(!folded));
}

function settle() {
  for (const week of document.querySelectorAll("#board tbody[id^=week-]")) {
    const focused = document.querySelector("#board")?.dataset.focus?.slice(0, 10);
    const holdsFocus = focused && week.querySelector(`a[href*="at=${focused}"]`);
    fold(week, holdsFocus ? false : opened.get(week.id) ?? week.classList.contains("folded"));
  }
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const line = event.target.closest("#board [data-week]");
  if (line) {
    event.preventDefault();
    const week = line.closest("tbody");
    opened.set(week.id, !week.classList.contains("folded"));
    fold(week, opened.get(week.id));
    return;
  }
  // A hole named beside the grid may lie in a folded week.
  const spot = event.target.closest("#board a.hole-link")?.dataset.spot;
  const week = spot && document.querySelector(`#board a[href$="at=${spot}"]`)?.closest("tbody");
  if (week) fold(week, false);
});

// Not at afterSwap: until it settles, htmx lends what has an id the attributes of its forerunner.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id === "board" || event.detail.elt?.id === "board") settle();
});
settle();
