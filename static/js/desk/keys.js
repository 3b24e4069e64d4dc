// One key, one action. Every control names its key in data-key; keys are read by their place on the keyboard, since a
// Vietnamese layout has letters on the digits.
import { $, $$ } from "./dom.js";

const TEXT = "textarea, select, input:not([type=checkbox], [type=radio], [type=submit], [type=button])";
const PRESSED_BY_ENTER = "button, a, summary";

export function keyOf(event) {
  const digit = /^(Digit|Numpad)(\d)$/.exec(event.code);
  if (digit) return digit[1] === "Digit" || event.key === digit[2] ? digit[2] : "";
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (letter) return letter[1];
  if (event.code === "Comma") return ",";
  return event.key.length === 1 ? event.key.toUpperCase() : event.key;
}

export function setUpKeys(form, { save, reset, undoLast, openDossier, focusQuick }) {
  $$("[data-key]", form).forEach((control) => control.setAttribute("aria-keyshortcuts", control.dataset.key));

  // The menus close themselves on Escape, before we hear of it.
  let menuWasOpen = false;
  document.addEventListener("keydown", () => { menuWasOpen = Boolean($("details.menu[open]")); }, true);

  const special = { F2: focusQuick, F8: openDossier, F9: undoLast };

  document.addEventListener("keydown", (event) => {
    const composing = event.isComposing || event.keyCode === 229;
    if (composing || event.defaultPrevented || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    const target = event.target;
    const key = keyOf(event);
    if (act(key, target)) event.preventDefault();
  });

  // Returns whether the key was ours.
  function act(key, target) {
    if (special[key]) return special[key](), true;
    if (key === "F4") return focusOn($("[data-key=F4]", form));
    if (target.matches(TEXT)) return actInText(key, target);
    if (key === "Enter") return target.matches(PRESSED_BY_ENTER) ? false : (save(), true);
    if (key === "Escape") return menuWasOpen ? document.activeElement.blur() : reset(), true;
    if (/^\d$/.test(key)) {
      const numbered = target.closest("#quick, #reasons");
      if (numbered) return chooseNumber(numbered, key);
    }
    const control = $(`[data-key="${CSS.escape(key)}"]`, form);
    if (!control || control.offsetParent === null) return false;
    control.click();
    // At once, not after the click as for a mouse: the digit of the reason may follow in the same breath.
    if (control.value === "not_submitted") $("#reasons").focus();
    return true;
  }

  function actInText(key, target) {
    if (!target.form || target.form !== form || target.matches("textarea")) return false;
    if (key === "Enter") return save(), true;
    // The menu round the time field has closed by now and given the focus to its button: no.
    if (key === "Escape") return document.activeElement.blur(), true;
    return false;
  }

  function chooseNumber(group, key) {
    const one = $(`[data-number="${key}"]`, group);
    one?.click();
    if (one) document.activeElement.blur();
    return true;
  }
}

export function focusOn(control) {
  if (!control || control.offsetParent === null) return false;
  control.focus();
  control.select?.();
  control.scrollIntoView({ block: "nearest" });
  return true;
}
