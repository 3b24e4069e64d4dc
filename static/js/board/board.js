// The lobby board: says since when it has no network, and keeps what it showed last.
const board = document.querySelector("#main");
const note = document.querySelector(".lobby-lost");
let since = null;

const clock = new Intl.DateTimeFormat("vi", { hour: "2-digit", minute: "2-digit" });

function lost(sentence) {
  since ??= clock.format(new Date());
  note.textContent = sentence.replace("{time}", since);
  note.hidden = false;
}

document.body.addEventListener("htmx:sendError", () => lost(note.dataset.lost));
document.body.addEventListener("htmx:timeout", () => lost(note.dataset.lost));
document.body.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status !== 404) return lost(note.dataset.lost);
  // The link was revoked: nothing of the roster may stay on the wall.
  board.replaceChildren();
  lost(note.dataset.ended);
});
document.body.addEventListener("htmx:afterSwap", () => { since = null; note.hidden = true; });
