/** Dots for the colours that shops name. */

import { el } from "../dom.js";
import { named } from "../i18n.js";

const NAMES = new Set([
  "black", "white", "grey", "red", "orange", "yellow", "green", "blue", "navy", "purple", "pink", "brown", "beige",
  "multicolor",
]);
const ALSO = { gray: "grey", multi: "multicolor", multicolour: "multicolor", multicolored: "multicolor", lavender: "purple",
  tan: "beige", cream: "beige", khaki: "beige", maroon: "red", burgundy: "red", teal: "green", olive: "green", charcoal: "grey",
  silver: "grey", gold: "yellow", violet: "purple", rose: "pink", turquoise: "blue" };

/** Return one of the usual colour names for a shop's own ("Midnight Blue" is blue), or "". */
export function usualColor(color) {
  const words = (color ?? "").toLowerCase().split(/[^\p{L}]+/u).filter(Boolean);
  return words.map((word) => ALSO[word] ?? word).findLast((word) => NAMES.has(word)) ?? "";
}

/** Return what the colour is called: translated where it is a usual name, else as the shop wrote it. */
export function colorName(color) {
  const lower = color.toLowerCase();
  return NAMES.has(ALSO[lower] ?? lower) ? named("color", ALSO[lower] ?? lower) : color;
}

/** Return a dot of the colour, or nothing for an unusual one. */
export function colorDot(color) {
  const usual = usualColor(color);
  return usual ? el("span", { className: `dot dot-${usual}`, title: colorName(color), role: "img", "aria-label": colorName(color) }) : null;
}
