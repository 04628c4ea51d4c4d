/** Two models side by side. */

import { el } from "../../dom.js";
import { formatNumber, formatShare } from "../../i18n.js";
import { called, count, size, t } from "../words.js";

/** Return the table of what a comparison found. */
export function comparison({ model, in_use: used, index, first, second }) {
  const rows = [];
  const add = (name, one, other, better = 0) => one !== null && other !== null && one !== undefined && other !== undefined && rows.push([t(`compare.${name}`), one, other, better]);
  if (first && second) {
    const accuracy = (side) => side.figures["test.accuracy"];
    add("categories", formatNumber(first.categories), formatNumber(second.categories));
    add("size", size(first.bytes), size(second.bytes), Math.sign(first.bytes - second.bytes));
    if (accuracy(first) !== undefined && accuracy(second) !== undefined) add("accuracy", formatShare(accuracy(first)), formatShare(accuracy(second)), Math.sign(accuracy(second) - accuracy(first)));
  }
  if (index) {
    add("first", formatShare(index.first[0]), formatShare(index.first[1]), Math.sign(index.first[1] - index.first[0]));
    add("among_ten", formatShare(index.among_ten[0]), formatShare(index.among_ten[1]), Math.sign(index.among_ten[1] - index.among_ten[0]));
  }
  const sign = (better) => better !== 0 && el("span", { className: `chip ${better > 0 ? "good" : "warning"}` }, t(better > 0 ? "compare.better" : "compare.worse"));
  return el(
    "div", { className: "comparison" },
    rows.length > 0 && el(
      "table", { className: "grid-table plain" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("compare.measure")), el("th", { scope: "col", dir: "auto" }, `${called("model", used)} (${t("train.in_use")})`), el("th", { scope: "col", dir: "auto" }, called("model", model)), el("th", { scope: "col" }, t("compare.verdict")))),
      el("tbody", {}, rows.map(([name, one, other, better]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, one), el("td", {}, other), el("td", {}, sign(better) || "—")))),
    ),
    index ? el("p", { className: "soft" }, count("compare.about", index.pairs, { overlap: formatShare(index.overlap) })) : el("p", { className: "soft" }, t("compare.no_index")),
  );
}
