/** Short words about what was done, with a way back. */

import { el } from "../../dom.js";
import { t } from "../words.js";
import { symbol } from "./symbol.js";

const STAYS_MS = 8000;

/** Say it; `undo` is called where the reader takes it back. It stays while it is pointed at or has the focus. */
export function say(text, { undo, tone = "good" } = {}) {
  const back = async () => {
    toast.remove();
    await undo();
  };
  const toast = el(
    "div", { className: `toast ${tone}` },
    symbol(tone === "good" ? "check" : "alert"), el("p", {}, text),
    undo && el("button", { className: "btn small", type: "button", onclick: back }, symbol("undo"), t("undo")),
    el("button", { className: "bare", type: "button", "aria-label": t("close"), onclick: () => toast.remove() }, symbol("close")),
  );
  document.getElementById("toasts").append(toast);
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 1000) : toast.remove());
  setTimeout(leave, STAYS_MS);
}

/** Say what went wrong. */
export function sayError(error) {
  if (error.name === "AbortError") return;
  say(error.status === 0 ? t("trouble.unreachable") : error.message || t("trouble.failed"), { tone: "bad" });
}
