/** Teaching a category from a few photos, without training. */

import { el, fill } from "../../dom.js";
import { categoryPath } from "../../i18n.js";
import { askShop, removeShop, sendForm } from "../calls.js";
import { count, t } from "../words.js";
import { card, field } from "./card.js";
import { categoryInput } from "./category-input.js";
import { symbol } from "./symbol.js";
import { say, sayError } from "./toast.js";

/** Return the card. */
export function teachCard() {
  const known = el("div");
  const category = categoryInput();
  category.required = true;
  const photos = el("input", { type: "file", multiple: true, required: true, accept: "image/*" });
  const ids = el("p", { className: "soft", role: "status" });
  photos.addEventListener("change", () => (ids.textContent = photos.files.length ? count("teach.chosen", photos.files.length) : ""));
  const submit = async (event) => {
    event.preventDefault();
    const form = new FormData();
    form.append("category", category.value);
    for (const file of photos.files) form.append("photos", file, file.name);
    try {
      const lesson = await sendForm("categories/teach", form);
      const refused = lesson.refused.map((one) => one.name).join(", ");
      say(count("teach.learned", lesson.photos, { category: lesson.category }) + (refused ? ` ${t("teach.refused", { names: refused })}` : ""), { tone: lesson.enough ? "good" : "bad" });
      photos.value = "";
      ids.textContent = "";
      await drawKnown(known);
    } catch (error) {
      sayError(error);
    }
  };
  drawKnown(known).catch(sayError);
  return card(
    t("teach.title"),
    el("p", { className: "soft" }, t("teach.about")),
    el("form", { className: "teach", onsubmit: submit }, field(t("catalogue.category"), category), field(t("teach.photos"), photos, t("teach.photos_hint")), el("button", { className: "btn primary", type: "submit" }, symbol("plus"), t("teach.go"))),
    ids, known,
  );
}

async function drawKnown(place) {
  const taught = await askShop("categories/teach");
  const forget = (category) => async () => {
    await removeShop("categories/teach", { category }).catch(sayError);
    await drawKnown(place);
  };
  fill(place, taught.length > 0 && el("ul", { className: "list" }, taught.map((one) => el("li", {}, el("div", {}, el("strong", { dir: "auto" }, categoryPath(one.category)), el("small", {}, count("teach.examples", one.photos))), el("button", { className: "btn small", type: "button", onclick: forget(one.category), "aria-label": t("teach.forget", { category: one.category }) }, t("teach.forget_short"))))));
}
