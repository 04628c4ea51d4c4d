/** The one field for words and photos. */

import { addressOf, change, goTo, here } from "../address.js";
import { el, fill, icon } from "../dom.js";
import { t } from "../i18n.js";
import { photoQuery } from "../photo-query.js";
import { searchWithFile } from "./photo-drop.js";

/**
 * Return the form: type words, or pick a photo; dropping and pasting work anywhere on the page.
 *
 * While a photo is searched with, it stands in the field, and words are words beside it.
 */
export function searchField() {
  const words = el("input", {
    type: "search", name: "q", "aria-label": t("search.label"), autocomplete: "off", enterkeyhint: "search", maxlength: 200, dir: "auto",
  });
  const photo = el("span", { className: "search-with", hidden: true });
  const follow = async () => {
    const place = here();
    const asked = isSearch(place);
    words.value = asked ? place.parameters.get("q") ?? "" : "";
    const query = place.page === "photo" ? await photoQuery(place.id).catch(() => null) : null;
    words.placeholder = t(query ? "search.beside" : "search.placeholder");
    photo.hidden = !query;
    if (query) fill(photo, el("img", { src: query.url, alt: t("box.photo"), width: 34, height: 34 }), withoutPhoto(place));
  };
  follow();
  addEventListener("sl-place", () => words.isConnected && follow());
  const submit = (event) => {
    event.preventDefault();
    const place = here();
    const q = words.value.trim();
    if (place.page === "photo") change({ q, n: "" });
    else if (q) goTo("search", "", { q });
  };
  return el(
    "form", { className: "search", role: "search", onsubmit: submit },
    el("button", { className: "search-go", type: "submit", "aria-label": t("search.go") }, icon("search")),
    photo,
    words,
    photoPicker(el("span", { className: "search-photo", title: t("search.photo") }, icon("camera")), t("search.photo")),
  );
}

function isSearch(place) {
  return place.page === "search" || place.page === "photo";
}

function withoutPhoto(place) {
  const q = place.parameters.get("q");
  return el("a", { className: "search-without", href: q ? addressOf("search", "", { q }) : addressOf("home"), "aria-label": t("search.without_photo") }, icon("close"));
}

/** Return a control that opens the file picker and searches with what was picked; a phone offers its camera too. */
export function photoPicker(look, label, properties = {}) {
  const input = el("input", { type: "file", accept: "image/*", className: "unseen", "aria-label": label, ...properties });
  input.addEventListener("change", () => {
    const [file] = input.files;
    if (file) searchWithFile(file);
    input.value = "";
  });
  return el("label", { className: "picker" }, input, look);
}

/** Return the control that opens the camera at once; it is seen on devices that are held. */
export function cameraButton() {
  const look = el("span", { className: "button primary" }, icon("camera"), t("home.camera"));
  const button = photoPicker(look, t("home.camera"), { capture: "environment" });
  button.classList.add("for-hands");
  return button;
}
