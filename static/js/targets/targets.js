// Days get their picker; the sentence of what a target means follows the form as it is filled in.
import { dressDays } from "../me/dates.js";

dressDays(document);

const form = document.querySelector("[data-meaning-of]");
if (form) {
  const place = document.getElementById(form.dataset.meaningOf);
  let asked = 0;

  form.addEventListener("change", async () => {
    const mine = ++asked;
    const body = new FormData(form);
    body.set("preview", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Meaning": "1" } });
      const text = await answer.text();
      if (mine !== asked) return;
      const found = new DOMParser().parseFromString(text, "text/html").getElementById(place.id);
      if (found) place.replaceChildren(...found.childNodes);
    } catch {
      // The sentence is a help; without a network the form works on.
    }
  });
}
