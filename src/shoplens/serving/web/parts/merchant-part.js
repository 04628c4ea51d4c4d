/** What the inspector and the models said of a product, folded away under its page. */

import { el, photoUrl, place } from "../dom.js";
import { categoryName, count, findingText, formatNumber, formatShare, named, t } from "../i18n.js";

/** Return the part, or nothing where nothing was said. */
export function merchantPart({ findings, labels, photos }) {
  if (!findings.length && !labels.length) return null;
  return el(
    "details", { className: "merchant" },
    el("summary", {}, t("merchant.title"), findings.length > 0 && el("span", { className: "badge" }, count("merchant.findings", findings.length))),
    findings.length > 0 && el("ul", { className: "findings" }, findings.map((finding) => findingItem(finding, photos))),
    labels.length > 0 && labelTable(labels),
  );
}

/** Return where a label comes from, in words. */
export function sourceName(source) {
  if (source.startsWith("model:")) return t("source.model");
  return named("source", source);
}

/** Return what a label says, translated where it is a usual word. */
export function labelValue({ kind, value }) {
  if (kind === "category") return categoryName(value);
  if (kind === "color") return named("color", value);
  const [name, of] = value.split(": ");
  return of ? `${named("attribute", name)}: ${named("value", of)}` : value;
}

function findingItem(finding, photos) {
  const text = findingText(finding.code);
  const { detail } = finding;
  return el(
    "li", { className: "finding" },
    evidence(finding, photos),
    el(
      "div", {},
      el("h3", {}, el("span", { className: `severity ${finding.severity}` }, named("severity", finding.severity)), text.title),
      el("p", {}, text.help || finding.description),
      detail && el("p", { className: "hint" }, t("merchant.measured", { measured: amount(detail.measured, detail.unit), threshold: amount(detail.threshold, detail.unit) })),
    ),
  );
}

function evidence({ photo, box }, photos) {
  const known = photos.find((one) => one.sha256 === photo);
  if (!known) return null;
  const mark = box && place(el("span", { className: "photo-box-mark" }), box);
  return el("span", { className: "evidence" }, el("img", { src: photoUrl(photo, 320), alt: "", width: known.width, height: known.height, loading: "lazy" }), mark);
}

function labelTable(labels) {
  return el(
    "table", { className: "labels" },
    el("caption", {}, t("merchant.labels")),
    el("thead", {}, el("tr", {}, ["kind", "value", "confidence", "source"].map((name) => el("th", { scope: "col" }, t(`merchant.${name}`))))),
    el("tbody", {}, labels.map((label) =>
      el("tr", {}, el("td", {}, named("kind", label.kind)), el("td", { dir: "auto" }, labelValue(label)), el("td", {}, formatShare(label.confidence)), el("td", {}, sourceName(label.source))),
    )),
  );
}

function amount(number, unit) {
  if (unit === "share" || unit === "probability") return formatNumber(number, { style: "percent", maximumSignificantDigits: 2 });
  return `${formatNumber(number, { maximumSignificantDigits: 3 })} ${named("unit", unit)}`;
}
