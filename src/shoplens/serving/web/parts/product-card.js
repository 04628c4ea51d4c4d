/** Products in grids and rows. */

import { addressOf } from "../address.js";
import { el, icon, tile } from "../dom.js";
import { categoryName, formatPrice, named, t } from "../i18n.js";
import { colorDot } from "./color.js";
import { reasonsInWords } from "./reasons.js";

/**
 * Return a card that leads to the product's page; `photo` is the one that matched.
 *
 * `actions` may have `more(product)`, `less(product)` and `why(match)`: what a button on the card does.
 */
export function productCard(match, actions = {}) {
  const { product, photo, reasons = [], relation } = match;
  const words = reasonsInWords(reasons);
  return el(
    "article", { className: "card" },
    el(
      "a", { className: "card-link", href: addressOf("product", product.id) },
      tile(photo || product.photo, ""),
      el("span", { className: "card-title", dir: "auto" }, product.title),
    ),
    relation && el("span", { className: `mark mark-${relation}` }, named("relation", relation)),
    el(
      "span", { className: "card-facts" },
      colorDot(product.attributes.color),
      product.category && el("span", { dir: "auto" }, categoryName(product.category)),
    ),
    el("span", { className: "card-price" }, priceOf(product), availabilityOf(product)),
    words && el("span", { className: "card-why" }, words),
    actionButtons(match, actions),
  );
}

function actionButtons(match, actions) {
  const button = (name, sign, run) =>
    el(
      "button", { type: "button", className: "card-action", title: t(`card.${name}`), "aria-label": t(`card.${name}_of`, { title: match.product.title }), onclick: run },
      icon(sign),
    );
  const buttons = [
    actions.more && button("more", "more", () => actions.more(match.product)),
    actions.less && button("less", "less", () => actions.less(match.product)),
    actions.why && button("why", "why", () => actions.why(match)),
  ].filter(Boolean);
  return buttons.length > 0 && el("span", { className: "card-actions" }, buttons);
}

/** Return a grid of cards. */
export function cardGrid(matches, actions) {
  return el("ul", { className: "grid" }, matches.map((match) => el("li", {}, productCard(match, actions))));
}

/** Return the outlines of cards that are on their way; they take the room that the cards will take. */
export function cardOutlines(number) {
  const outline = () => el("li", { className: "card outline" }, el("span", { className: "tile" }), el("span"), el("span"));
  return el("ul", { className: "grid", "aria-hidden": "true" }, Array.from({ length: number }, outline));
}

/** Return a section with a heading over a grid of cards. */
export function row(heading, content) {
  return el("section", { className: "row" }, el("h2", {}, heading), content);
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

/** Return the amount to pay for one, as a number and its currency, or nothing where the product has no price. */
export function payable(product) {
  const price = product.sale_price ?? product.price;
  return price && { amount: Number(price.amount), currency: price.currency };
}
