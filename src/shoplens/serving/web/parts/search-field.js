/** The one field for words and photos. */

import { goTo, parseAddress } from "../address.js";
import { el, icon } from "../dom.js";
import { t } from "../i18n.js";
import { searchWithFile } from "./photo-drop.js";

/** Return the form: type words, or pick a photo; dropping and pasting work anywhere on the page. */
export function searchField() {
  const words = el("input", {
    type: "search", name: "q", placeholder: t("search.placeholder"), "aria-label": t("search.label"), autocomplete: "off",
    enterkeyhint: "search", maxlength: 200, dir: "auto",
  });
  const follow = () => (words.value = parseAddress(location.hash).parameters.get("q") ?? "");
  follow();
  addEventListener("popstate", () => words.isConnected && follow());
  const submit = (event) => {
    event.preventDefault();
    if (words.value.trim()) goTo("search", "", { q: words.value.trim() });
  };
  return el(
    "form", { className: "search", role: "search", onsubmit: submit },
    el("button", { className: "search-go", type: "submit", "aria-label": t("search.go") }, icon("search")),
    words,
    photoPicker(el("span", { className: "search-photo", title: t("search.photo") }, icon("camera")), t("search.photo")),
  );
}

/** Return a control that opens the file picker, or the phone's camera, and searches with what was picked. */
export function photoPicker(look, label) {
  const input = el("input", { type: "file", accept: "image/*", className: "unseen", "aria-label": label });
  input.addEventListener("change", () => {
    const [file] = input.files;
    if (file) searchWithFile(file);
    input.value = "";
  });
  return el("label", { className: "picker" }, input, look);
}
