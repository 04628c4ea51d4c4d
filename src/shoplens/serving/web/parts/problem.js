/** Words for what went wrong, and what to do about it. */

import { ApiError, signIn } from "../api.js";
import { el } from "../dom.js";
import { has, t } from "../i18n.js";
import { UnreadablePhoto } from "../shrink.js";

/** Return a box that says what went wrong; `again` is called for another try. Where it is all of a page, its heading is "h1". */
export function problem(error, again, heading = "h2") {
  if (error.status === 401) return keyForm(heading);
  const kind = kindOf(error);
  const words = el("div", { className: "notice", role: "alert" }, el(heading, {}, t(`problem.${kind}.title`)), el("p", {}, t(`problem.${kind}.advice`)));
  if (again && !(error instanceof UnreadablePhoto) && error.status !== 404) {
    words.append(el("button", { className: "button", type: "button", onclick: again }, t("problem.again")));
  }
  return words;
}

/** Return a box with quiet words where there is nothing to show below a heading. */
export function nothing(heading, advice, ...more) {
  return el("div", { className: "notice", role: "status" }, el("h2", {}, heading), el("p", {}, advice), ...more);
}

/** Return a box with quiet words that are all of a page. */
export function nothingHere(heading, advice, ...more) {
  return el("div", { className: "notice", role: "status" }, el("h1", {}, heading), el("p", {}, advice), ...more);
}

function kindOf(error) {
  if (error instanceof UnreadablePhoto) return "photo_unreadable";
  if (!(error instanceof ApiError)) {
    reportError(error); // a fault of the page itself: the reader gets words, the console the place
    return "unexpected";
  }
  if (has(`problem.${error.code}.title`)) return error.code;
  if (error.code.startsWith("photo_")) return "photo_unreadable";
  const byStatus = { 0: error.code === "slow" ? "slow" : "unreachable", 404: "not_found", 413: "photo_too_large", 429: "overloaded", 503: "overloaded" };
  return byStatus[error.status] ?? (error.status >= 500 ? "failed" : "refused");
}

function keyForm(heading) {
  const input = el("input", { type: "password", id: "key", autocomplete: "current-password", required: true });
  const wrong = el("p", { role: "alert" });
  const submit = async (event) => {
    event.preventDefault();
    try {
      await signIn(input.value);
      location.reload();
    } catch {
      wrong.textContent = t("key.wrong");
      input.select();
    }
  };
  return el(
    "form", { className: "notice", onsubmit: submit },
    el(heading, {}, t("key.title")), el("p", {}, t("key.advice")),
    el("label", { for: "key" }, t("key.label")), input,
    el("button", { className: "button", type: "submit" }, t("key.send")), wrong,
  );
}
