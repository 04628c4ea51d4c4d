/** A small form over the page. */

import { el } from "../../dom.js";
import { t } from "../words.js";

/** Open a form with fields; `done` is called when it is sent, and it closes unless that throws. */
export function openSheet({ title, about = "", content, action, danger = false, done }) {
  const button = el("button", { className: `btn primary${danger ? " danger" : ""}`, type: "submit" }, action);
  const wrong = el("p", { className: "note bad", role: "alert", hidden: true });
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    wrong.hidden = true;
    try {
      await done();
      dialog.close();
    } catch (error) {
      // What is said elsewhere on the page lies behind the sheet.
      wrong.textContent = error.status === 0 ? t("trouble.unreachable") : error.message || t("trouble.failed");
      wrong.hidden = false;
    }
    button.disabled = false;
  };
  const dialog = el(
    "dialog", { className: "sheet", "aria-labelledby": "sheet-title" },
    el(
      "form", { onsubmit: submit },
      el("h2", { id: "sheet-title" }, title), about && el("p", { className: "sheet-about" }, about), content, wrong,
      el("div", { className: "sheet-end" }, el("button", { className: "btn", type: "button", onclick: () => dialog.close() }, t("cancel")), button),
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
