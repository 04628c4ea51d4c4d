/** Words for what went wrong, for what is not there, and the door for keys. */

import { signIn } from "../../api.js";
import { el } from "../../dom.js";
import { t } from "../words.js";
import { symbol } from "./symbol.js";

/** Return a box that says what went wrong; `again` is called for another try. */
export function trouble(error, again) {
  if (error.status === 401 || error.status === 403) return door(error.status === 403);
  const known = { 0: "unreachable", 404: "gone", 429: "busy", 503: "busy" }[error.status] ?? "failed";
  return el(
    "div", { className: "empty", role: "alert" },
    symbol("alert"), el("h2", {}, t(`trouble.${known}`)),
    known === "failed" && error.message && el("p", {}, error.message),
    el("button", { className: "btn", type: "button", onclick: again }, symbol("refresh"), t("again")),
  );
}

/** Return a box with quiet words where there is nothing to show. */
export function empty(icon, heading, advice, ...more) {
  return el("div", { className: "empty" }, symbol(icon), el("h2", {}, heading), advice && el("p", {}, advice), more);
}

/** Return grey bars that stand for what is being fetched. */
export function outline(lines = 6) {
  return el("div", { className: "waiting", "aria-hidden": "true" }, Array.from({ length: lines }, () => el("span")));
}

function door(weak) {
  const input = el("input", { type: "password", id: "key", autocomplete: "current-password", required: true });
  const wrong = el("p", { role: "alert", className: "wrong" });
  const submit = async (event) => {
    event.preventDefault();
    try {
      await signIn(input.value);
      location.reload();
    } catch {
      wrong.textContent = t("door.wrong");
      input.select();
    }
  };
  return el(
    "form", { className: "empty", onsubmit: submit },
    symbol("key"), el("h2", {}, t("door.title")), el("p", {}, t(weak ? "door.weak" : "door.advice")),
    el("label", { for: "key" }, t("door.label")), input, el("button", { className: "btn primary", type: "submit" }, t("door.send")), wrong,
  );
}
