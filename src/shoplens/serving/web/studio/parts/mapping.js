/** Which field is read from which column, to be corrected, and the first rows as they would be imported. */

import { el, fill } from "../../dom.js";
import { categoryPath, formatPrice, named } from "../../i18n.js";
import { called, count, t } from "../words.js";

const SHOWN = ["id", "title", "category", "brand", "price", "photos"];
const NEEDED = ["id", "title", "photos"];

/** Return the form; `own` are the fields that the merchant set himself, `set` is called with one and its column. */
export function mappingForm(preview, own, set) {
  const names = [...new Set([...preview.fields, ...Object.keys(preview.mapping)])];
  const shown = names.filter((name) => NEEDED.includes(name) || name in preview.mapping || name in own);
  const more = names.filter((name) => !shown.includes(name));
  const line = (name) => {
    const now = preview.mapping[name] ?? own[name] ?? "";
    const options = [...new Set([now, ...preview.columns])].filter(Boolean);
    const select = el(
      "select", { id: `map-${name}`, onchange: () => set(name, select.value) },
      el("option", { value: "" }, t("mapping.none")), options.map((column) => el("option", { value: column, selected: column === now }, column)),
    );
    return el("div", { className: `map-line${name in own ? " own" : ""}` }, el("label", { for: select.id }, called("field", name), NEEDED.includes(name) && el("span", { className: "needed" }, t("mapping.needed"))), select);
  };
  const adder = el(
    "select", { "aria-label": t("mapping.add"), onchange: () => adder.value && set(adder.value, preview.unmapped[0] ?? preview.columns[0] ?? "") },
    el("option", { value: "" }, t("mapping.add")), more.map((name) => el("option", { value: name }, called("field", name))),
  );
  return el(
    "div", { className: "mapping" },
    shown.map(line), more.length > 0 && preview.columns.length > 0 && adder,
    preview.unmapped.length > 0 && el("p", { className: "soft" }, count("mapping.unread", preview.unmapped.length), " ", preview.unmapped.slice(0, 12).map((column) => el("code", { dir: "auto" }, column))),
  );
}

/** Fill the place with the rows of a preview. */
export function drawRows(place, preview) {
  if (!preview.rows.length) return fill(place);
  const bad = preview.rows.filter((row) => !row.product).length;
  return fill(
    place,
    el("p", { className: "soft" }, count("mapping.rows", preview.rows.length), bad > 0 && el("span", { className: "chip error" }, count("mapping.refused", bad))),
    el(
      "div", { className: "scroll", tabindex: 0, role: "region", "aria-label": t("mapping.preview") },
      el(
        "table", { className: "grid-table" },
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("mapping.row")), SHOWN.map((name) => el("th", { scope: "col" }, called("field", name))))),
        el("tbody", {}, preview.rows.map(rowOf)),
      ),
    ),
  );
}

function rowOf({ number, product, photos, problems }) {
  const notes = problems.map((one) => el("div", { className: "row-problem" }, el("strong", {}, named("field", one.field)), " ", one.message));
  if (!product) return el("tr", { className: "refused" }, el("th", { scope: "row" }, String(number)), el("td", { colspan: SHOWN.length }, notes));
  const said = { id: product.id, title: product.title, category: product.category && categoryPath(product.category), brand: product.brand, price: product.price && formatPrice(product.price), photos: photos.join("\n") };
  return el(
    "tr", {}, el("th", { scope: "row" }, String(number)),
    SHOWN.map((name) => el("td", { dir: "auto", className: `map-${name}` }, said[name] || el("span", { className: "soft" }, "—"), name === "title" && notes)),
  );
}
