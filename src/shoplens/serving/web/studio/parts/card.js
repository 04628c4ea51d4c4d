/** The pieces that pages are made of: headings, cards, figures, meters, chips. */

import { el } from "../../dom.js";
import { categoryName, findingText, formatNumber, formatShare, named } from "../../i18n.js";
import { attributeName, attributeValue } from "../../parts/attribute.js";
import { called, t } from "../words.js";

/** Return a page's heading with what can be done there. */
export function heading(title, about, ...actions) {
  return el("div", { className: "head" }, el("div", {}, el("h1", {}, title), about && el("p", {}, about)), el("div", { className: "head-actions" }, actions));
}

/** Return a card. */
export function card(title, ...content) {
  return el("section", { className: "card" }, title && el("h2", {}, title), content);
}

/** Return a large figure with its name; `href` makes it a way to what it counts. */
export function figure(name, value, { href, tone = "", note = "" } = {}) {
  return el(href ? "a" : "div", { className: `figure ${tone}`, href }, el("span", { className: "figure-name" }, name), el("strong", {}, value), note && el("small", {}, note));
}

/** Return a bar of a share from 0 to 1; what it says stands beside it as text. */
export function meter(share, tone = "") {
  const bar = el("span", { className: tone });
  bar.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
  return el("span", { className: "meter", "aria-hidden": "true" }, bar);
}

/** Return a progress bar with its words. */
export function progressBar(share, words) {
  const bar = el("progress", { max: 1, "aria-label": words });
  if (share !== null) bar.value = share;
  return bar;
}

/** Return a ring of a share, with the share in its middle. */
export function ring(share, name) {
  const turn = 2 * Math.PI * 42;
  const svg = drawn("svg", { viewBox: "0 0 100 100", class: "ring", role: "img", "aria-label": `${name}: ${formatShare(share)}` });
  const arc = { cx: 50, cy: 50, r: 42, fill: "none", "stroke-width": 9 };
  const words = drawn("text", { x: 50, y: 57, "text-anchor": "middle" });
  words.textContent = formatShare(share);
  svg.append(
    drawn("circle", { ...arc, class: "ring-ground" }),
    drawn("circle", { ...arc, class: "ring-part", "stroke-dasharray": `${turn * share} ${turn}`, transform: "rotate(-90 50 50)", "stroke-linecap": share > 0 ? "round" : "butt" }),
    words,
  );
  return svg;
}

/** Return an element of a drawing. */
export function drawn(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Return a finding's chip. */
export function findingChip({ code, severity }) {
  return el("span", { className: `chip ${severity}` }, findingText(code).title);
}

/** Return a severity's chip. */
export function severityChip(severity) {
  return el("span", { className: `chip ${severity}` }, named("severity", severity));
}

/** Return what a label says. */
export function labelValue({ kind, value, source }) {
  if (kind === "category") return categoryName(value);
  if (kind === "color") return named("color", value);
  const [name, of] = value.split(": ");
  return of && source.startsWith("model:") ? `${attributeName(name)}: ${attributeValue(name, of)}` : value;
}

/** Return who said a label. */
export function sourceName(source) {
  return source.startsWith("model:") ? t("source.model") : called("source", source);
}

/** Return the chip of an import that the catalogue remembers; `running` says whether one of this server's is under way. */
export function importChip({ summary, finished_at: finished }, running) {
  return stateChip(summary.error ? "failed" : finished ? "done" : running ? "running" : "stopped");
}

/** Return a job's or an import's state as a chip. */
export function stateChip(state) {
  const tone = { done: "good", failed: "error", running: "info", stopped: "warning" }[state] ?? "";
  return el("span", { className: `chip ${tone}` }, called("state", state));
}

/** Return a number in words that align. */
export function number(value, options) {
  return el("span", { className: "number" }, formatNumber(value, options));
}

/** Return a labelled field. */
export function field(label, input, hint = "") {
  const id = input.id || `f${Math.random().toString(36).slice(2)}`;
  input.id = id;
  if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
  return el("div", { className: "field" }, el("label", { for: id }, label), input, hint && el("small", { id: `${id}-hint` }, hint));
}
