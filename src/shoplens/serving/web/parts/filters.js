/** The row of filters above results. Changing one changes the address, and the results follow. */

import { goTo } from "../address.js";
import { el } from "../dom.js";
import { categoryPath, t } from "../i18n.js";

const NAMES = ["category", "stock", "min", "max"];

/** Return the API's filter fields for the parameters of an address. */
export function filterFields(parameters) {
  return {
    category: parameters.get("category") ?? "",
    min_price: amount(parameters.get("min")),
    max_price: amount(parameters.get("max")),
    availability: parameters.get("stock") ? ["in_stock"] : [],
  };
}

/** Return whether any filter is set. */
export function isFiltered(parameters) {
  return NAMES.some((name) => parameters.get(name));
}

/** Return the address parameters without any filter. */
export function withoutFilters(parameters) {
  return Object.fromEntries([...parameters].filter(([name]) => !NAMES.includes(name)));
}

/** Return the form of filters for a place; `categories` is a list of [path, count]. */
export function filterRow(place, categories) {
  const now = Object.fromEntries(place.parameters);
  const set = (changes) => goTo(place.page, place.id, { ...now, ...changes, n: "" });
  const category = el(
    "select", { "aria-label": t("filter.category"), onchange: () => set({ category: category.value }) },
    el("option", { value: "" }, t("filter.all_categories")),
    choices(categories).map((path) => el("option", { value: path, selected: path === now.category }, categoryPath(path))),
  );
  const stock = el("input", { type: "checkbox", checked: now.stock === "1", onchange: () => set({ stock: stock.checked ? "1" : "" }) });
  const priced = (name, label) => el("input", {
    className: "money", inputmode: "decimal", size: 6, placeholder: label, "aria-label": label, value: now[name] ?? "",
    onchange: (event) => set({ [name]: amount(event.target.value) }),
  });
  return el(
    "form", { className: "filters", "aria-label": t("filter.label"), onsubmit: (event) => event.preventDefault() },
    category,
    el("label", { className: "pill" }, stock, t("filter.in_stock")),
    el("span", { className: "range" }, priced("min", t("filter.min")), "–", priced("max", t("filter.max"))),
    isFiltered(place.parameters) &&
      el("button", { className: "quiet", type: "button", onclick: () => goTo(place.page, place.id, withoutFilters(place.parameters)) }, t("filter.clear")),
  );
}

/** Return every category and every category above one, sorted. */
export function choices(categories) {
  const paths = new Set();
  for (const [path] of categories) {
    const parts = path.split(" > ");
    for (let depth = 1; depth <= parts.length; depth += 1) paths.add(parts.slice(0, depth).join(" > "));
  }
  return [...paths].sort();
}

function amount(text) {
  const number = (text ?? "").trim().replace(",", ".");
  return /^\d+(\.\d+)?$/.test(number) ? number : "";
}
