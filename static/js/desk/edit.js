// The page on which a visit is edited: a plain form, with the desk's way of finding a procedure.
import { $ } from "./dom.js";
import { setUpProcedures } from "./procedures.js";

const form = $("#desk-form");

setUpProcedures(form, {
  url: form.dataset.procedures,
  changed(procedure) {
    const level = procedure && $(`[name=dossier_level][value="${CSS.escape(procedure.level ?? "")}"]`, form);
    if (level) level.checked = true;
  },
});
