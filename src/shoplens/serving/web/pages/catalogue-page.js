/** The merchant's view of the catalogue: `<sl-catalogue-page>`. */

import { addressOf, goTo } from "../address.js";
import { get } from "../api.js";
import { el, fill, tile } from "../dom.js";
import { categoryPath, count, findingText, formatNumber, formatShare, named, t } from "../i18n.js";
import { choices } from "../parts/filters.js";
import { labelValue, sourceName } from "../parts/merchant-part.js";
import { availabilityOf, priceOf } from "../parts/product-card.js";
import { nothing, problem } from "../parts/problem.js";

const PAGE = 50;

class CataloguePage extends HTMLElement {
  follows() {
    return this.childElementCount > 0 && Boolean(this.rows?.isConnected);
  }

  async show(place, signal) {
    this.pageTitle = t("catalogue.title");
    const shop = await get("/v1/shop", {}, signal);
    if (!this.rows?.isConnected) {
      this.overview = el("div");
      this.controls = el("div", { className: "filters-place" });
      this.rows = el("div", { className: "catalogue-rows" });
      fill(this, el("h1", {}, t("catalogue.title")), this.overview, this.controls, this.rows);
    }
    fill(this.overview, totals(shop), findingChips(place, shop.findings));
    this.#controls(place, shop);
    const offset = Math.max(0, Number(place.parameters.get("from")) || 0);
    const asked = { q: place.parameters.get("q") ?? "", category: place.parameters.get("category") ?? "", finding: place.parameters.get("finding") ?? "" };
    if (!this.rows.childElementCount) fill(this.rows, el("div", { className: "table-outline outline", "aria-hidden": "true" }, Array.from({ length: 8 }, () => el("span"))));
    this.rows.setAttribute("aria-busy", "true");
    try {
      const page = await get("/v1/products", { ...asked, offset, limit: PAGE }, signal);
      if (page.products.length) fill(this.rows, table(page), pager(place, offset, page.total));
      else fill(this.rows, nothing(t("results.none"), t("results.none_filtered"), el("a", { className: "button", href: addressOf("catalogue") }, t("filter.clear"))));
    } catch (error) {
      if (error.name === "AbortError") throw error;
      fill(this.rows, problem(error, () => this.show(place, signal)));
    }
    this.rows.removeAttribute("aria-busy");
  }

  #controls(place, shop) {
    const now = Object.fromEntries(place.parameters);
    const set = (changes) => goTo("catalogue", "", { ...now, ...changes, from: "" });
    const focused = this.controls.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    const words = el("input", { type: "search", name: "words", value: now.q ?? "", placeholder: t("catalogue.words"), "aria-label": t("catalogue.words"), onchange: () => set({ q: words.value.trim() }) });
    const category = el(
      "select", { "aria-label": t("filter.category"), onchange: () => set({ category: category.value }) },
      el("option", { value: "" }, t("filter.all_categories")),
      choices(shop.categories).map((path) => el("option", { value: path, selected: path === now.category }, categoryPath(path))),
    );
    const finding = el(
      "select", { "aria-label": t("catalogue.finding"), onchange: () => set({ finding: finding.value }) },
      el("option", { value: "" }, t("catalogue.any_finding")),
      Object.keys(shop.findings).map((code) => el("option", { value: code, selected: code === now.finding }, findingText(code).title)),
    );
    const submit = (event) => {
      event.preventDefault();
      set({ q: words.value.trim() });
    };
    fill(this.controls, el("form", { className: "filters", onsubmit: submit }, words, category, finding));
    if (focused) this.controls.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
  }
}

function totals(shop) {
  const found = Object.values(shop.findings).reduce((sum, number) => sum + number, 0);
  const one = (name, number) => el("div", { className: "total" }, el("dd", {}, formatNumber(number)), el("dt", {}, t(`catalogue.${name}`)));
  return el("dl", { className: "totals" }, one("listings", shop.listings), one("variants", shop.products), one("photos", shop.photos), one("findings", found));
}

function findingChips(place, findings) {
  const chosen = place.parameters.get("finding");
  const most = Math.max(...Object.values(findings), 1);
  if (!Object.keys(findings).length) return el("p", { className: "hint" }, t("catalogue.no_findings"));
  return el(
    "ul", { className: "bars", "aria-label": t("catalogue.by_code") },
    Object.entries(findings).map(([code, number]) =>
      el(
        "li", {},
        el(
          "a", { className: "bar-item", href: addressOf("catalogue", "", code === chosen ? {} : { finding: code }), "aria-current": code === chosen ? "true" : false },
          el("span", {}, findingText(code).title),
          meter(number / most),
          el("span", { className: "number" }, formatNumber(number)),
        ),
      ),
    ),
  );
}

function meter(share) {
  const bar = el("span");
  bar.style.width = `${share * 100}%`;
  return el("span", { className: "meter", "aria-hidden": "true" }, bar);
}

function table(page) {
  const heads = ["product", "category", "labels", "price", "findings"];
  return el(
    "table", { className: "catalogue" },
    el("thead", {}, el("tr", {}, heads.map((name) => el("th", { scope: "col" }, t(`catalogue.column.${name}`))))),
    el("tbody", {}, page.products.map((product) => tableRow(product, page.findings[product.id] ?? [], page.labels[product.id] ?? []))),
  );
}

function tableRow(product, findings, labels) {
  const problems = findings.map((one) => el("span", { className: `chip ${one.severity}` }, findingText(one.code).title));
  const said = labels.map((label) =>
    el("span", { className: "chip", title: t("catalogue.said_by", { source: sourceName(label.source) }) }, el("span", { dir: "auto" }, labelValue(label)), el("small", {}, formatShare(label.confidence))),
  );
  return el(
    "tr", {},
    el(
      "th", { scope: "row" },
      el("a", { className: "catalogue-product", href: addressOf("product", product.id) }, tile(product.photo, "", 160), el("span", {}, el("span", { className: "catalogue-title", dir: "auto" }, product.title), el("small", { dir: "auto" }, product.id))),
    ),
    el("td", { dir: "auto" }, product.category ? categoryPath(product.category) : "—"),
    el("td", {}, el("span", { className: "chips" }, said.length ? said : "—")),
    el("td", { className: "number" }, priceOf(product), availabilityOf(product)),
    el("td", {}, el("span", { className: "chips" }, problems.length ? problems : el("span", { className: "fine" }, t("catalogue.fine")))),
  );
}

function pager(place, offset, total) {
  const now = Object.fromEntries(place.parameters);
  const to = (from, label) =>
    from >= 0 && from < total
      ? el("a", { className: "button", href: addressOf("catalogue", "", { ...now, from: from || "" }) }, label)
      : el("span", { className: "button off" }, label);
  const last = Math.min(offset + PAGE, total);
  return el(
    "nav", { className: "pager", "aria-label": t("catalogue.pages") },
    to(offset - PAGE, t("catalogue.previous")),
    el("span", {}, count("catalogue.range", total, { first: formatNumber(offset + 1), last: formatNumber(last) })),
    to(offset + PAGE, t("catalogue.next")),
  );
}

customElements.define("sl-catalogue-page", CataloguePage);
