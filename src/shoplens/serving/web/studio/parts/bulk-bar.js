/** What can be done with several products at once. */

import { el } from "../../dom.js";
import { sendForm } from "../calls.js";
import { count, t } from "../words.js";
import { field } from "./card.js";
import { categoryInput } from "./category-input.js";
import { openSheet } from "./sheet.js";
import { symbol } from "./symbol.js";
import { say } from "./toast.js";

/** Return the bar; `change(wish, words)` sends a correction of the chosen products and says so. */
export function bulkBar(chosen, change, clear) {
  const about = () => count("bulk.about", chosen.size);
  const setCategory = () => {
    const input = categoryInput();
    input.required = true;
    openSheet({ title: t("bulk.category"), about: about(), content: field(t("catalogue.category"), input, t("bulk.category_hint")), action: t("save"), done: () => change({ category: input.value }, "bulk.changed") });
  };
  const addTags = () => {
    const input = el("input", { type: "text", required: true, maxlength: 300, dir: "auto" });
    openSheet({ title: t("bulk.tags"), about: about(), content: field(t("bulk.tags_label"), input, t("bulk.tags_hint")), action: t("save"), done: () => change({ add_tags: tagsOf(input.value) }, "bulk.changed") });
  };
  const removeTags = () => {
    const input = el("input", { type: "text", required: true, maxlength: 300, dir: "auto" });
    openSheet({ title: t("bulk.untag"), about: about(), content: field(t("bulk.tags_label"), input, t("bulk.untag_hint")), action: t("bulk.untag"), done: () => change({ remove_tags: tagsOf(input.value) }, "bulk.changed") });
  };
  const teach = () => {
    const input = categoryInput();
    input.required = true;
    const done = async () => {
      const form = new FormData();
      form.append("category", input.value);
      form.append("products", [...chosen].join(","));
      const lesson = await sendForm("categories/teach", form);
      say(count("bulk.taught", lesson.added, { category: lesson.category }));
    };
    openSheet({ title: t("bulk.teach"), about: count("bulk.teach_about", chosen.size), content: field(t("catalogue.category"), input), action: t("bulk.teach"), done });
  };
  return el(
    "div", { className: "bulk", role: "toolbar", "aria-label": t("bulk.label") },
    el("strong", {}, count("bulk.chosen", chosen.size)),
    el("button", { className: "btn small", type: "button", onclick: setCategory }, symbol("catalogue"), t("bulk.category")),
    el("button", { className: "btn small", type: "button", onclick: addTags }, symbol("tag"), t("bulk.tags")),
    el("button", { className: "btn small", type: "button", onclick: removeTags }, t("bulk.untag")),
    el("button", { className: "btn small", type: "button", onclick: teach }, symbol("train"), t("bulk.teach")),
    el("button", { className: "btn small", type: "button", onclick: clear }, t("bulk.clear")),
  );
}

/** Return the tags of a text, separated by commas of either language. */
export function tagsOf(text) {
  return text.split(/[,，、;]/).map((tag) => tag.trim()).filter(Boolean);
}
