/** Small charts of our own, readable without seeing them: their numbers stand in a table beside them. */

import { el } from "../../dom.js";
import { formatNumber } from "../../i18n.js";
import { t } from "../words.js";
import { drawn } from "./card.js";

const NARROW = matchMedia("(max-width: 679px)");
const HIGH = 240;
const LEFT = 46;
const BELOW = 26;

/**
 * Return the chart.
 *
 * `series` are `[{name, points: [[x, y]], tone}]`; `shown` writes a value, `steps` names the x axis.
 */
export function lineChart({ title, series, steps, shown = formatNumber, from }) {
  // A drawing that is shrunk to a phone would shrink its words, too.
  const wide = NARROW.matches ? 350 : 640;
  const points = series.flatMap((one) => one.points);
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [x0, x1] = [Math.min(...xs), Math.max(...xs, Math.min(...xs) + 1)];
  const ticks = ticksOf(from ?? Math.min(...ys), Math.max(...ys));
  const [y0, y1] = [ticks[0], ticks.at(-1)];
  const x = (value) => LEFT + ((value - x0) / (x1 - x0)) * (wide - LEFT - 12);
  const y = (value) => HIGH - BELOW - ((value - y0) / (y1 - y0)) * (HIGH - BELOW - 10);
  const svg = drawn("svg", { viewBox: `0 0 ${wide} ${HIGH}`, class: "chart", role: "img", "aria-label": `${title}. ${series.map((one) => `${one.name}: ${shown(one.points.at(-1)[1])}`).join(", ")}` });
  svg.append(...grid(ticks, y, wide, shown));
  for (const tick of wholeTicks(x0, x1)) svg.append(words(formatNumber(tick), { x: x(tick), y: HIGH - 6, "text-anchor": "middle" }));
  for (const one of series) {
    svg.append(drawn("polyline", { points: one.points.map(([a, b]) => `${x(a)},${y(b)}`).join(" "), class: `chart-series ${one.tone}` }));
    const [a, b] = one.points.at(-1);
    svg.append(drawn("circle", { cx: x(a), cy: y(b), r: 4, class: `chart-dot ${one.tone}` }));
  }
  return el(
    "figure", { className: "chart-figure" },
    el("figcaption", {}, el("strong", {}, title), series.map((one) => el("span", { className: `legend ${one.tone}` }, one.name, " ", el("b", {}, shown(one.points.at(-1)[1]))))),
    svg, numbers(title, series, steps, shown, formatNumber),
  );
}

/**
 * Return columns, the series on top of each other: one column for each step, as `[{name, values, tone}]`, where a value is
 * null where there is none. `steps` are their ISO days.
 */
export function columnChart({ title, said, series, days, dayName, shown = formatNumber, least }) {
  const wide = NARROW.matches ? 350 : 470;
  const high = 190;
  const sums = days.map((_, at) => series.reduce((sum, one) => sum + (one.values[at] ?? 0), 0));
  const ticks = ticksOf(0, Math.max(least, ...sums));
  const y = (value) => high - BELOW - (value / ticks.at(-1)) * (high - BELOW - 10);
  const step = (wide - LEFT - 4) / days.length;
  const svg = drawn("svg", { viewBox: `0 0 ${wide} ${high}`, class: "chart", role: "img", "aria-label": `${title}. ${said}` }, ...grid(ticks, y, wide + 8, shown));
  const named = Math.max(1, Math.ceil(days.length / (NARROW.matches ? 3 : 4)));
  days.forEach((day, at) => {
    const left = LEFT + at * step;
    let below = 0;
    const column = drawn("g", {});
    const tip = drawn("title");
    tip.textContent = [dayName(day), ...series.map((one) => `${one.name}: ${one.values[at] === null ? "—" : shown(one.values[at])}`)].join("\n");
    column.append(tip, drawn("rect", { x: left, y: 0, width: step, height: high - BELOW, class: "chart-hit" }));
    for (const { values, tone } of series) {
      if (!values[at]) continue;
      column.append(drawn("rect", { x: left + step * 0.14, width: step * 0.72, y: y(below + values[at]), height: y(below) - y(below + values[at]), rx: Math.min(2, step / 4), class: `chart-column ${tone}` }));
      below += values[at];
    }
    svg.append(column);
    // From today backwards, so that today has its name.
    if ((days.length - 1 - at) % named === 0) svg.append(words(dayName(day), { x: Math.min(left + step / 2, wide - 2), y: high - 6, "text-anchor": at === days.length - 1 ? "end" : "middle" }));
  });
  const lines = series.map((one) => ({ ...one, points: days.map((day, at) => [day, one.values[at]]).filter(([, value]) => value !== null) }));
  return el(
    "figure", { className: "chart-figure" },
    el("figcaption", {}, el("strong", {}, title), series.length > 1 && series.map((one) => el("span", { className: `legend column ${one.tone}` }, one.name))),
    svg, numbers(title, lines, t("chart.day"), shown, dayName),
  );
}

function grid(ticks, y, wide, shown) {
  return ticks.flatMap((tick) => [
    drawn("line", { x1: LEFT, x2: wide - 12, y1: y(tick), y2: y(tick), class: "chart-line" }),
    words(shown(tick), { x: LEFT - 8, y: y(tick) + 4, "text-anchor": "end" }),
  ]);
}

function numbers(title, series, steps, shown, stepName) {
  const rows = [...new Set(series.flatMap((one) => one.points.map(([x]) => x)))].sort((one, other) => (one < other ? -1 : 1));
  const value = (one, x) => one.points.find(([at]) => at === x)?.[1];
  return el(
    "details", { className: "chart-numbers" },
    el("summary", {}, t("chart.numbers")),
    el("div", { className: "scroll", tabindex: 0, role: "region", "aria-label": title }, el("table", { className: "grid-table plain" }, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, steps), series.map((one) => el("th", { scope: "col" }, one.name)))), el("tbody", {}, rows.map((x) => el("tr", {}, el("th", { scope: "row" }, stepName(x)), series.map((one) => el("td", {}, value(one, x) === undefined ? "—" : shown(value(one, x))))))))),
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
