/** A field for a category, with the shop's own to choose from. */

import { el } from "../../dom.js";
import { categoryPath } from "../../i18n.js";
import { askShop } from "../calls.js";
import { t } from "../words.js";

const LIST = "shop-categories";

/** Return the field; the shop's categories and their translations are proposed while one types. */
export function categoryInput(value = "") {
  propose();
  return el("input", { type: "text", list: LIST, value, maxlength: 300, autocomplete: "off", placeholder: t("category.example"), dir: "auto" });
}

/** Return the shop's categories, parents included, by name. */
export async function shopCategories() {
  const shop = await askShop("shop");
  const paths = new Set();
  for (const [path] of shop.categories) {
    const parts = path.split(" > ");
    parts.forEach((_, depth) => paths.add(parts.slice(0, depth + 1).join(" > ")));
  }
  return [...paths].sort();
}

async function propose() {
  const list = document.getElementById(LIST) ?? document.body.appendChild(el("datalist", { id: LIST }));
  const shop = await askShop("shop").catch(() => ({ categories: [] }));
  list.replaceChildren(...shop.categories.map(([path]) => el("option", { value: path, label: categoryPath(path) })));
}
