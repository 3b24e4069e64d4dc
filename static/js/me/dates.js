// A date picker shows a date as the browser's language has it; say it in our words beneath, so that nobody mistakes it.
const words = new Intl.DateTimeFormat(document.documentElement.lang || "vi", {
  weekday: "long", day: "2-digit", month: "2-digit", year: "numeric", timeZone: "UTC",
});

export function sayDates(root) {
  root.querySelectorAll("input[type=date]").forEach((field) => {
    const said = document.createElement("output");
    said.className = "field-help day-words";
    said.htmlFor = field.id;
    field.after(said);
    const say = () => { said.textContent = field.valueAsDate ? words.format(field.valueAsDate) : ""; };
    field.addEventListener("input", say);
    say();
  });
}
