// Days get their picker; the sentence of what a target means follows the form as it is filled in.
import { dressDays } from "../me/dates.js";

dressDays(document);

// Only coverage counts units of a level, and only what adds up is for a period or a month.
const figure = document.querySelector("select[name='figure_code']");
if (figure) {
  const field = (name) => document.querySelector(`[name='${name}']`).closest(".field");
  const show = () => {
    field("level").hidden = figure.value !== "coverage";
    field("rhythm").hidden = ["coverage", "on_duty"].includes(figure.value);
  };
  figure.addEventListener("change", show);
  show();
}

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
