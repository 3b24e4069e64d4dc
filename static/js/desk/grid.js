// Up and down go to the same column of the next line; "830" becomes 08:30. Enter sends the form, as everywhere.
const table = document.querySelector(".grid");

function beside(cell, step) {
  let row = cell.parentElement;
  do row = step > 0 ? row.nextElementSibling : row.previousElementSibling; while (row?.classList.contains("grid-errors"));
  return row?.children[cell.cellIndex]?.querySelector("input:not([type=hidden]), select");
}

table.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  // In a list the arrows choose.
  if (!step || event.target.matches("select")) return;
  event.preventDefault();
  beside(event.target.closest("td"), step)?.focus();
});

table.addEventListener("change", (event) => {
  if (!event.target.name.endsWith("-time")) return;
  const time = /^(\d{1,2})[:h.]?(\d{2})$/.exec(event.target.value.trim());
  if (time) event.target.value = `${time[1].padStart(2, "0")}:${time[2]}`;
});
