/** Choices among the variants of a product: colours as dots, sizes as words. */

import { addressOf } from "../address.js";
import { el } from "../dom.js";
import { t } from "../i18n.js";
import { attributeName } from "./attribute.js";
import { colorDot, colorName } from "./color.js";

const CHOSEN_BY = ["color", "size"];

/** Return one row of choices for each attribute that the variants differ in. */
export function variantChoices({ product, variants }) {
  const all = [product, ...variants].filter((one) => CHOSEN_BY.some((name) => one.attributes[name]));
  return CHOSEN_BY.map((name) => choicesOf(name, product, all));
}

function choicesOf(name, product, all) {
  const values = [...new Set(all.map((one) => one.attributes[name]).filter(Boolean))];
  if (values.length < 2) return null;
  const word = (value) => (name === "color" ? colorName(value) : value);
  const current = product.attributes[name];
  return el(
    "div", { className: "choices", role: "group", "aria-label": attributeName(name) },
    el("p", { className: "choices-name" }, attributeName(name), current && el("span", {}, word(current))),
    values.map((value) => {
      const target = nearest(name, value, product, all);
      const gone = target.availability === "out_of_stock";
      const dot = name === "color" && colorDot(value);
      return el(
        "a",
        {
          className: `choice${dot ? " choice-dot" : ""}${gone ? " gone" : ""}`, href: addressOf("product", target.id),
          "aria-current": value === current ? "true" : false, title: gone ? t("availability.out_of_stock") : word(value),
        },
        dot || el("span", { dir: "auto" }, word(value)),
      );
    }),
  );
}

/** Return the variant with this value that shares most with the one shown, one in stock first. */
function nearest(name, value, product, all) {
  const same = (one) => CHOSEN_BY.filter((other) => other !== name && one.attributes[other] === product.attributes[other]).length;
  const rank = (one) => 2 * same(one) + (one.availability === "in_stock" ? 1 : 0);
  return all.filter((one) => one.attributes[name] === value).sort((a, b) => rank(b) - rank(a))[0];
}
