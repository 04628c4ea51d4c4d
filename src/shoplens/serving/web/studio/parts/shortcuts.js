/** Keys that work everywhere, the list of them, and the switch that turns them off. */

import { goTo } from "../../address.js";
import { el } from "../../dom.js";
import { t } from "../words.js";

const OFF = "shoplens.keys.off";
const GO = { o: "home", i: "import", c: "catalogue", r: "review", t: "train", u: "rules", s: "settings" };
const LISTED = [
  ["g o", "keys.go_overview"], ["g i", "keys.go_import"], ["g c", "keys.go_catalogue"], ["g r", "keys.go_review"], ["g t", "keys.go_train"],
  ["/", "keys.words"], ["↑ ↓", "keys.rows"], ["x", "keys.select"], ["Enter", "keys.open"],
  ["1 – 5", "keys.suggestion"], ["y", "keys.right"], ["n", "keys.good"], ["c", "keys.category"], ["s", "keys.same"], ["d", "keys.different"], ["u", "keys.unsure"], ["z", "keys.undo"], ["?", "keys.list"],
];
let went = 0;

/** Return whether single keys are commands here: they can be turned off, and never are while someone types. */
export function isCommand(event) {
  if (localStorage.getItem(OFF) || event.ctrlKey || event.metaKey || event.altKey) return false;
  return !event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, dialog, [contenteditable]");
}

/** Listen for the keys of every page. */
export function listenForKeys() {
  addEventListener("keydown", (event) => {
    if (!isCommand(event)) return;
    if (event.key === "?") showKeys();
    else if (event.key === "g") went = Date.now();
    else if (Date.now() - went < 1500 && event.key in GO) {
      went = 0;
      event.preventDefault();
      event.stopImmediatePropagation();
      goTo(GO[event.key]);
    } else if (event.key === "/") {
      const field = document.querySelector("main input[type=search]");
      if (field) {
        event.preventDefault();
        field.focus();
      }
    }
  }, { capture: true });
}

/** Show the list. */
export function showKeys() {
  const on = el("input", { type: "checkbox", checked: !localStorage.getItem(OFF), onchange: () => (on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")) });
  const dialog = el(
    "dialog", { className: "sheet", "aria-labelledby": "keys-title" },
    el("h2", { id: "keys-title" }, t("keys.title")),
    el("dl", { className: "keys" }, LISTED.map(([keys, what]) => el("div", {}, el("dt", {}, keys.split(" ").map((key) => el("kbd", {}, key))), el("dd", {}, t(what))))),
    el("label", { className: "switch" }, on, el("span", {}, t("keys.on"))),
    el("form", { method: "dialog", className: "sheet-end" }, el("button", { className: "btn" }, t("close"))),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
