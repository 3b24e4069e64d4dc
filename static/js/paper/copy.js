// Copies the text of a field; the button says so. Without a script the field is there to select and copy.
document.querySelectorAll("[data-copies]").forEach((button) => {
  const field = document.getElementById(button.dataset.copies);
  const said = document.getElementById(button.dataset.says);
  button.hidden = false;
  button.addEventListener("click", async () => {
    said.textContent = (await copied(field)) ? said.dataset.done : said.dataset.failed;
  });
});

// When the typeface is there: long lines wrap on a phone, and in another face elsewhere.
document.fonts.ready.then(() => document.querySelectorAll("textarea[data-fits]").forEach((field) => {
  field.rows = 2;
  field.style.height = `${Math.min(field.scrollHeight + 4, 640)}px`;
}));

async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch { // no permission, or a page without https: the old way
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}
