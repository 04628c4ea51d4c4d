/** What is said above results, and the order that they stand in. */

import { change, changing } from "../address.js";
import { get, productPath } from "../api.js";
import { el, icon, tile } from "../dom.js";
import { categoryName, formatShare, t } from "../i18n.js";
import { payable } from "./product-card.js";

export const ORDERS = ["best", "cheap", "dear"];
const KINDS = 3;
const LIKELY = 0.1;

/** Return the results in the order of the address; what has no price stands last. */
export function ordered(results, order) {
  if (order !== "cheap" && order !== "dear") return results;
  const turn = order === "cheap" ? 1 : -1;
  const cost = ({ product }) => payable(product)?.amount ?? turn * Infinity;
  return results.toSorted((a, b) => turn * (cost(a) - cost(b)) || 0);
}

/** Return the choice of an order. */
export function orderChoice(place) {
  const now = place.parameters.get("sort") ?? "best";
  const select = el(
    "select", { "aria-label": t("sort.label"), "data-key": "sort", onchange: () => change({ sort: select.value === "best" ? "" : select.value }) },
    ORDERS.map((order) => el("option", { value: order, selected: order === now }, t(`sort.${order}`))),
  );
  return select;
}

/** Return chips for the products that the results should be like, or not like; a click takes one out. */
export async function examplesOf(place, signal) {
  const chip = async (side, id) => {
    const page = await get(productPath(id, "page"), {}, signal).catch((error) => {
      if (error.name === "AbortError") throw error;
      return null;
    });
    const title = page?.product.title ?? id;
    const without = changing(place, (now) => ({ [side]: now.getAll(side).filter((one) => one !== id), n: "" }));
    return el(
      "li", {},
      el(
        "a", { className: `example-chip ${side}`, ...without, "aria-label": t(`examples.drop_${side}`, { title }), title: t(`examples.drop_${side}`, { title }) },
        tile(page?.product.photo, "", 160), el("span", {}, t(`examples.${side}`)), icon("close"),
      ),
    );
  };
  const asked = ["like", "unlike"].flatMap((side) => place.parameters.getAll(side).map((id) => chip(side, id)));
  const chips = await Promise.all(asked);
  return chips.length > 0 && el("ul", { className: "example-chips", "aria-label": t("examples.label") }, chips);
}

/** Return the honest words for a photo that shows nothing this shop has, with the kinds that come nearest. */
export function noMatch(place, kinds) {
  const near = kinds.filter(({ probability }) => probability >= LIKELY).slice(0, KINDS);
  return el(
    "div", { className: "no-match", role: "status" },
    el("h2", {}, t("no_match.title")),
    el("p", {}, t(near.length ? "no_match.kinds" : "no_match.advice")),
    near.length > 0 && el("ul", { className: "chips" }, near.map(({ category, probability }) =>
      el("li", {}, el("a", { className: "tag", ...changing(place, () => ({ category, n: "" })) }, categoryName(category), el("small", {}, formatShare(probability)))),
    )),
  );
}

/** Return what the words beside an example were taken for, or nothing. */
export function understoodAs(understood, colorName) {
  if (!understood) return "";
  const { colors, category, brand } = understood;
  const parts = [...colors.map(colorName), category && categoryName(category), brand].filter(Boolean);
  return parts.length ? t("results.understood", { words: parts.join(t("results.comma")) }) : "";
}
