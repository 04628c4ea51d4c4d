/** Filters beside results, with how many products each would leave. Changing one changes the address. */

import { change, changing, here } from "../address.js";
import { get } from "../api.js";
import { el, fill, icon } from "../dom.js";
import { categoryName, count, formatNumber, formatPrice, t } from "../i18n.js";
import { colorName, usualColor } from "./color.js";

const NAMES = ["category", "brand", "color", "stock", "min", "max"];
const FACETS = ["category", "brand", "color", "price", "availability"];
const MOST = { category: 14, brand: 10, color: 14, price: 6 };
/** Which filters a facet leaves aside, so that its other values can still be chosen. */
const ASIDE = { category: ["category"], brand: ["brand"], color: ["color"], price: ["min_price", "max_price"], availability: ["availability"] };

/** Return the API's filter fields for the parameters of an address. */
export function filterFields(parameters) {
  return {
    category: parameters.get("category") ?? "",
    brand: parameters.get("brand") ?? "",
    color: parameters.getAll("color"),
    min_price: amount(parameters.get("min")),
    max_price: amount(parameters.get("max")),
    availability: parameters.get("stock") ? ["in_stock"] : [],
  };
}

/** Return how many filters are set. */
export function filtersSet(parameters) {
  return NAMES.filter((name) => parameters.get(name)).length;
}

/** Return the properties of a link that clears all filters. */
export function clearing(place) {
  return changing(place, () => ({ ...Object.fromEntries(NAMES.map((name) => [name, ""])), n: "" }));
}

/** The panel of filters: `<sl-filters>`. */
class Filters extends HTMLElement {
  /** Ask the shop what there is to choose from at the place, and show it. */
  async show(place, signal) {
    const facets = await facetsOf(place.parameters, signal);
    const focused = this.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const set = (changes) => change({ ...changes, n: "" });
    const now = place.parameters;
    fill(
      this,
      el(
        "form", { className: "filters", "aria-label": t("filter.label"), onsubmit: (event) => event.preventDefault() },
        group("category", categoryChoices(facets.category, now.get("category") ?? "", set)),
        group("price", [priceFields(now, set), bands(facets.price, now, set)]),
        group("color", swatches(facets.color, now.getAll("color"), set)),
        group("brand", brandChoices(facets.brand, now.get("brand") ?? "", set)),
        stock(facets.availability, now.get("stock") === "1", set),
        filtersSet(now) > 0 && el("a", { className: "button", ...clearing(place), "data-key": "clear" }, t("filter.clear")),
      ),
    );
    if (focused) this.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }
}

/** Return the values of every facet; each is counted without its own filter. */
async function facetsOf(parameters, signal) {
  const fields = { ...filterFields(parameters), q: parameters.get("q") ?? "", limit: 1 };
  const chosen = FACETS.filter((name) => ASIDE[name].some((field) => String(fields[field])));
  const others = FACETS.filter((name) => !chosen.includes(name));
  const asked = [[others, fields], ...chosen.map((name) => [[name], { ...fields, ...Object.fromEntries(ASIDE[name].map((field) => [field, ""])) }])];
  const answers = await Promise.all(
    asked.filter(([names]) => names.length).map(([names, where]) => get("/v1/products", { ...where, facets: names.join(",") }, signal)),
  );
  return Object.assign({}, ...answers.map((answer) => answer.facets));
}

function group(name, content) {
  if (!content || (Array.isArray(content) && !content.some(Boolean))) return null;
  return el("fieldset", { className: `facet facet-${name}` }, el("legend", {}, t(`filter.${name}`)), content);
}

function choice(key, label, products, pressed, onclick, more = {}) {
  return el(
    "button", { type: "button", className: "facet-choice", "data-key": key, "aria-pressed": String(pressed), onclick, ...more },
    el("span", { dir: "auto" }, label), products !== null && el("span", { className: "facet-count" }, formatNumber(products)),
  );
}

function categoryChoices(values = [], chosen, set) {
  const sorted = values.toSorted((a, b) => (a.value < b.value ? -1 : 1));
  const open = chosen.split(" > ")[0];
  // Below the first level only the children of what was chosen, so that the list stays short.
  const shown = sorted.filter(({ value }) => !value.includes(" > ") || value.split(" > ")[0] === open).slice(0, MOST.category);
  if (shown.length < 2 && !chosen) return null;
  return el("ul", {}, shown.map(({ value, products }) =>
    el("li", { className: value.includes(" > ") ? "facet-child" : false }, choice(`category ${value}`, categoryName(value), products, value === chosen, () => set({ category: value === chosen ? "" : value }))),
  ));
}

function brandChoices(values = [], chosen, set) {
  if (values.length < 2 && !chosen) return null;
  return el("ul", {}, values.slice(0, MOST.brand).map(({ value, products }) =>
    el("li", {}, choice(`brand ${value}`, value, products, value === chosen, () => set({ brand: value === chosen ? "" : value }))),
  ));
}

function swatches(values = [], chosen, set) {
  const known = values.filter(({ value }) => usualColor(value));
  if (known.length < 2 && !chosen.length) return null;
  return el("ul", { className: "swatches" }, known.slice(0, MOST.color).map(({ value, products }) => {
    const pressed = chosen.includes(value);
    const label = `${colorName(value)}, ${count("home.products", products)}`;
    return el("li", {}, el(
      "button", { type: "button", className: "swatch", "data-key": `color ${value}`, "aria-pressed": String(pressed), "aria-label": label, title: label, onclick: () => set({ color: turned(value, !pressed) }) },
      el("span", { className: `dot dot-${usualColor(value)}` }), pressed && icon("check"),
    ));
  }));
}

/** Return the chosen colours with one more, or without it. */
function turned(value, on) {
  const others = here().parameters.getAll("color").filter((one) => one !== value);
  return on ? [...others, value] : others;
}

function priceFields(now, set) {
  const field = (name, label) => el("input", {
    className: "money", inputmode: "decimal", size: 6, placeholder: label, "aria-label": label, value: now.get(name) ?? "", "data-key": name,
    onchange: (event) => set({ [name]: amount(event.target.value) }),
  });
  return el("div", { className: "range" }, field("min", t("filter.min")), "–", field("max", t("filter.max")));
}

function bands(values = [], now, set) {
  if (values.length < 2) return null;
  return el("ul", {}, values.slice(0, MOST.price).map(({ products, min_price: min, max_price: max, currency }) => {
    const pressed = now.get("min") === min && now.get("max") === max;
    const label = [min, max].map((bound) => formatPrice({ amount: bound, currency }, { trailingZeroDisplay: "stripIfInteger" })).join(" – ");
    return el("li", {}, choice(`price ${min}`, label, products, pressed, () => set(pressed ? { min: "", max: "" } : { min, max })));
  }));
}

function stock(values = [], on, set) {
  const products = values.find(({ value }) => value === "in_stock")?.products ?? 0;
  const box = el("input", { type: "checkbox", checked: on, "data-key": "stock", onchange: () => set({ stock: box.checked ? "1" : "" }) });
  return el("label", { className: "pill" }, box, t("filter.in_stock"), el("span", { className: "facet-count", "aria-hidden": "true" }, formatNumber(products)));
}

function amount(text) {
  const number = (text ?? "").trim().replace(",", ".");
  return /^\d+(\.\d+)?$/.test(number) ? number : "";
}

customElements.define("sl-filters", Filters);
