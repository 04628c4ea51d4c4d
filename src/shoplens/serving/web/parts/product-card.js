/** Products in grids and rows. */

import { addressOf } from "../address.js";
import { el, tile } from "../dom.js";
import { categoryName, formatPrice, named, t } from "../i18n.js";
import { colorDot } from "./color.js";
import { reasonsInWords } from "./reasons.js";

/** Return a card that leads to the product's page; `photo` is the one that matched. */
export function productCard({ product, photo, reasons = [] }) {
  const why = reasonsInWords(reasons);
  return el(
    "a", { className: "card", href: addressOf("product", product.id) },
    tile(photo || product.photo, ""),
    el("span", { className: "card-title", dir: "auto" }, product.title),
    el(
      "span", { className: "card-facts" },
      colorDot(product.attributes.color),
      product.category && el("span", { dir: "auto" }, categoryName(product.category)),
    ),
    el("span", { className: "card-price" }, priceOf(product), availabilityOf(product)),
    why && el("span", { className: "card-why" }, why),
  );
}

/** Return a grid of cards. */
export function cardGrid(matches) {
  return el("ul", { className: "grid" }, matches.map((match) => el("li", {}, productCard(match))));
}

/** Return the outlines of cards that are on their way; they take the room that the cards will take. */
export function cardOutlines(number) {
  const outline = () => el("li", { className: "card outline" }, el("span", { className: "tile" }), el("span"), el("span"));
  return el("ul", { className: "grid", "aria-hidden": "true" }, Array.from({ length: number }, outline));
}

/** Return the price, with the regular one struck through where there is a sale. */
export function priceOf(product) {
  if (product.sale_price && product.price && product.sale_price.amount !== product.price.amount) {
    return [
      el("ins", {}, el("span", { className: "unseen" }, t("price.now")), formatPrice(product.sale_price)),
      " ",
      el("del", {}, el("span", { className: "unseen" }, t("price.before")), formatPrice(product.price)),
    ];
  }
  return product.price ? el("span", {}, formatPrice(product.price)) : null;
}

/** Return a word where the product is not simply in stock. */
export function availabilityOf(product) {
  if (product.availability === "in_stock") return null;
  return el("span", { className: `stock ${product.availability}` }, named("availability", product.availability));
}
