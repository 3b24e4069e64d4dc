// Days are typed day first in a plain field, since a native one shows them as the browser's language has it. The button
// opens the native picker all the same, and the day is said in words beneath, so that nobody mistakes it.
const words = new Intl.DateTimeFormat(document.documentElement.lang || "vi", { weekday: "long", timeZone: "UTC" });

function read(text) {
  const [, day, month, year] = text.match(/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/) || [];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === Number(day) ? date : null;
}

function dress(box) {
  const field = box.querySelector("input");
  const button = box.querySelector("button");
  const said = box.parentElement.querySelector("[data-day-words]");
  const picker = Object.assign(document.createElement("input"), { type: "date", tabIndex: -1 });
  picker.setAttribute("aria-hidden", "true");
  box.append(picker);

  const say = () => {
    const date = read(field.value);
    said.textContent = date ? words.format(date) : "";
    picker.value = date ? date.toISOString().slice(0, 10) : "";
  };
  field.addEventListener("input", (event) => {
    // Number pads have no stroke: 26112026 becomes 26/11/2026 while it is typed, never while it is being deleted.
    if (event.inputType?.startsWith("insert") && /^\d{2}(\/\d{2})?$/.test(field.value)) field.value += "/";
    say();
  });
  picker.addEventListener("change", () => {
    field.value = picker.value.split("-").reverse().join("/");
    say();
  });
  if ("showPicker" in picker) {
    button.hidden = false;
    button.addEventListener("click", () => picker.showPicker());
  }
  say();
}

export function dressDays(root) {
  root.querySelectorAll("[data-day]").forEach(dress);
}
