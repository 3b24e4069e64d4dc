// My own pages: sheets over the page instead of pages of their own, the toast that goes away, copying a link.
import { sendSurely } from "./send.js";
import { openSheets } from "./sheet.js";

const UNDO_SECONDS = 10;

openSheets();
sendSurely();

document.querySelectorAll("[data-toast]").forEach((toast) => {
  const goAway = () => (toast.matches(":focus-within, :hover") ? setTimeout(goAway, 1000) : toast.remove());
  setTimeout(goAway, UNDO_SECONDS * 1000);
});

// A menu of the last row would open behind the tabs.
document.querySelectorAll(".me-row .menu").forEach((menu) => menu.addEventListener("toggle", () => {
  if (menu.open) menu.querySelector(".menu-list").scrollIntoView({ block: "nearest" });
}));

document.querySelectorAll("[data-select]").forEach((field) => field.addEventListener("focus", () => field.select()));

document.querySelectorAll("[data-copy]").forEach((button) => {
  const field = document.querySelector(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // a plain-http site has no clipboard
    }
    button.querySelector("[data-copy-label]").hidden = true;
    button.querySelector("[data-copy-done]").hidden = false;
  });
});
