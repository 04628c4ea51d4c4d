/** A box over the page that Escape, its button or a click beside it closes. */

import { el, icon } from "../dom.js";
import { t } from "../i18n.js";

/** Open it; `signal` of what is returned is aborted when it closes. */
export function openDialog(label, ...content) {
  const closed = new AbortController();
  const close = el("button", { className: "quiet dialog-close", type: "button", "aria-label": t("close"), onclick: () => dialog.close() }, icon("close"));
  const dialog = el("dialog", { className: "dialog", "aria-label": label, onclick: (event) => event.target === dialog && dialog.close() }, el("div", { className: "dialog-inside" }, close, content));
  dialog.addEventListener("close", () => {
    closed.abort();
    dialog.remove();
  });
  addEventListener("popstate", () => dialog.close(), { signal: closed.signal });
  document.body.append(dialog);
  dialog.showModal();
  return Object.assign(dialog, { signal: closed.signal });
}
