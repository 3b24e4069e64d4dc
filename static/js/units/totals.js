// Keeps what was typed into the form of a unit total until it is sent: a login that expired or a lost page costs nothing.
const form = document.querySelector("[data-draft]");
const PREFIX = "unit-total ";

if (form) {
  const key = PREFIX + form.dataset.draft;
  const fields = () => [...form.querySelectorAll("input[type=text], textarea")];
  // A page that shows errors holds what was sent: it is newer than the draft.
  if (!form.querySelector(".error-summary")) restore(key, fields());
  form.addEventListener("input", () => {
    const values = Object.fromEntries(fields().map((field) => [field.name, field.value]));
    try { sessionStorage.setItem(key, JSON.stringify(values)); } catch { /* a full or closed store: only the draft is lost */ }
  });
}

function restore(key, fields) {
  let values = null;
  try { values = JSON.parse(sessionStorage.getItem(key)); } catch { return; }
  if (!values) return;
  for (const field of fields) if (field.name in values) field.value = values[field.name];
}
