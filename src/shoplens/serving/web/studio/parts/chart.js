/** A small line chart of our own, readable without seeing it: its numbers stand in a table beside it. */

import { el } from "../../dom.js";
import { formatNumber } from "../../i18n.js";
import { t } from "../words.js";
import { drawn } from "./card.js";

const WIDE = 640;
const HIGH = 240;
const LEFT = 46;
const BELOW = 26;

/**
 * Return the chart.
 *
 * `series` are `[{name, points: [[x, y]], tone}]`; `shown` writes a value, `steps` names the x axis.
 */
export function lineChart({ title, series, steps, shown = formatNumber, from }) {
  const points = series.flatMap((one) => one.points);
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [x0, x1] = [Math.min(...xs), Math.max(...xs, Math.min(...xs) + 1)];
  const ticks = ticksOf(from ?? Math.min(...ys), Math.max(...ys));
  const [y0, y1] = [ticks[0], ticks.at(-1)];
  const x = (value) => LEFT + ((value - x0) / (x1 - x0)) * (WIDE - LEFT - 12);
  const y = (value) => HIGH - BELOW - ((value - y0) / (y1 - y0)) * (HIGH - BELOW - 10);
  const svg = drawn("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "chart", role: "img", "aria-label": `${title}. ${series.map((one) => `${one.name}: ${shown(one.points.at(-1)[1])}`).join(", ")}` });
  for (const tick of ticks) {
    svg.append(drawn("line", { x1: LEFT, x2: WIDE - 12, y1: y(tick), y2: y(tick), class: "chart-line" }), words(shown(tick), { x: LEFT - 8, y: y(tick) + 4, "text-anchor": "end" }));
  }
  for (const tick of wholeTicks(x0, x1)) svg.append(words(formatNumber(tick), { x: x(tick), y: HIGH - 6, "text-anchor": "middle" }));
  for (const one of series) {
    svg.append(drawn("polyline", { points: one.points.map(([a, b]) => `${x(a)},${y(b)}`).join(" "), class: `chart-series ${one.tone}` }));
    const [a, b] = one.points.at(-1);
    svg.append(drawn("circle", { cx: x(a), cy: y(b), r: 4, class: `chart-dot ${one.tone}` }));
  }
  return el(
    "figure", { className: "chart-figure" },
    el("figcaption", {}, el("strong", {}, title), series.map((one) => el("span", { className: `legend ${one.tone}` }, one.name, " ", el("b", {}, shown(one.points.at(-1)[1]))))),
    svg, numbers(series, steps, shown),
  );
}

function numbers(series, steps, shown) {
  const rows = [...new Set(series.flatMap((one) => one.points.map(([x]) => x)))].sort((one, other) => one - other);
  const value = (one, x) => one.points.find(([at]) => at === x)?.[1];
  return el(
    "details", { className: "chart-numbers" },
    el("summary", {}, t("chart.numbers")),
    el("div", { className: "scroll", tabindex: 0, role: "region", "aria-label": t("chart.numbers") }, el("table", { className: "grid-table plain" }, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, steps), series.map((one) => el("th", { scope: "col" }, one.name)))), el("tbody", {}, rows.map((x) => el("tr", {}, el("th", { scope: "row" }, formatNumber(x)), series.map((one) => el("td", {}, value(one, x) === undefined ? "—" : shown(value(one, x))))))))),
  );
}

function words(text, attributes) {
  const node = drawn("text", attributes);
  node.textContent = text;
  return node;
}

/** Return about four round numbers that span the values. */
function ticksOf(low, high) {
  const span = Math.max(high - low, Math.abs(high) * 0.02, 1e-6);
  const power = 10 ** Math.floor(Math.log10(span / 3));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => span / one <= 4);
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, place) => Number(((first + place) * step).toPrecision(8)));
}

function wholeTicks(low, high) {
  const step = Math.max(1, Math.ceil((high - low) / 8));
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, place) => Math.round(low) + place * step);
}
