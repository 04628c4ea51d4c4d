/** All products in one table that stays smooth, with filters and changes of many at once: `<st-catalogue-page>`. */

import { addressOf, goTo } from "../../address.js";
import { el, fill, tile } from "../../dom.js";
import { categoryPath, findingText, formatPrice, formatShare } from "../../i18n.js";
import { ask, askShop, send } from "../calls.js";
import { bulkBar } from "../parts/bulk-bar.js";
import { findingChip, heading, labelValue, sourceName } from "../parts/card.js";
import { shopCategories } from "../parts/category-input.js";
import { say, sayError } from "../parts/toast.js";
import { empty, outline } from "../parts/trouble.js";
import { called, count, t } from "../words.js";
import "../parts/virtual-rows.js";

const EVERY = 100;
const FILTERS = ["q", "category", "finding", "gap", "order"];
const ORDERS = ["id", "title", "category", "brand"];
const GAPS = ["no_photo", "no_category", "no_price", "corrected", "error", "warning"];

class CataloguePage extends HTMLElement {
  follows() {
    return Boolean(this.rows?.isConnected);
  }

  async show(place, signal) {
    this.pageTitle = t("nav.catalogue");
    this.asked = Object.fromEntries(FILTERS.map((name) => [name, place.parameters.get(name) ?? ""]));
    if (!this.follows()) {
      this.chosen = new Set();
      this.rows = el("st-virtual-rows");
      this.head = el("div");
      this.controls = el("form", { className: "filters", role: "search", onsubmit: (event) => event.preventDefault() });
      this.bulk = el("div", { className: "bulk-place" });
      this.body = el("div", { className: "table", role: "table", "aria-colcount": 6 });
      fill(this, this.head, this.controls, this.bulk, this.body);
      fill(this.body, outline(10));
      const [shop, categories] = await Promise.all([askShop("shop", {}, signal), shopCategories()]);
      Object.assign(this, { shop, categories });
    }
    this.#controls();
    const { total, places } = await ask("places", { ...this.asked, every: EVERY }, signal);
    this.total = total;
    fill(this.head, heading(t("nav.catalogue"), count("catalogue.found", total)));
    if (total) this.#table(places);
    else fill(this.body, empty("catalogue", t("catalogue.nothing"), t("catalogue.nothing_advice"), el("a", { className: "btn", href: addressOf("catalogue") }, t("catalogue.clear"))), this.rows);
    this.#choices();
  }

  #controls() {
    const set = (changes) => goTo("catalogue", "", { ...this.asked, ...changes });
    const focused = this.controls.contains(document.activeElement) ? document.activeElement.name : "";
    const words = el("input", { type: "search", name: "q", value: this.asked.q, placeholder: t("catalogue.words"), "aria-label": t("catalogue.words"), oninput: () => later(() => set({ q: words.value.trim() })) });
    let waiting;
    const later = (what) => {
      clearTimeout(waiting);
      waiting = setTimeout(what, 300);
    };
    const choice = (name, label, options) => {
      const select = el(
        "select", { name, "aria-label": label, onchange: () => set({ [name]: select.value }) },
        options.map(([value, text]) => el("option", { value, selected: value === this.asked[name] }, text)),
      );
      return select;
    };
    if (focused === "q" && this.controls.childElementCount) {
      // A field is not made anew under the fingers of someone who types.
      return;
    }
    fill(
      this.controls,
      words,
      choice("category", t("catalogue.category"), [["", t("catalogue.all_categories")], ...this.categories.map((path) => [path, categoryPath(path)])]),
      choice("finding", t("catalogue.finding"), [["", t("catalogue.any_finding")], ...Object.keys(this.shop.findings).map((code) => [code, findingText(code).title])]),
      choice("gap", t("catalogue.show"), [["", t("catalogue.everything")], ...GAPS.map((name) => [name, called("gap", name)])]),
      choice("order", t("catalogue.order"), ORDERS.map((name) => [name === "id" ? "" : name, t(`order.${name}`)])),
      FILTERS.some((name) => this.asked[name]) && el("a", { className: "btn small", href: addressOf("catalogue") }, t("catalogue.clear")),
    );
    if (focused) this.controls.querySelector(`[name="${focused}"]`)?.focus();
  }

  #table(places) {
    const asked = { ...this.asked };
    this.all = el("input", { type: "checkbox", "aria-label": t("catalogue.choose_all"), onchange: () => this.#chooseAll(this.all.checked) });
    const heads = ["product", "category", "labels", "price", "findings"];
    this.body.setAttribute("aria-rowcount", this.total + 1);
    fill(
      this.body,
      el("div", { className: "table-head", role: "row", "aria-rowindex": 1 }, el("span", { role: "columnheader" }, this.all), heads.map((name) => el("span", { role: "columnheader" }, t(`catalogue.column.${name}`)))),
      this.rows,
    );
    this.rows.open({
      total: this.total,
      every: EVERY,
      label: t("nav.catalogue"),
      load: async (page) => (await ask("rows", { ...asked, after: places[page], limit: EVERY })).rows,
      draw: (row, index) => this.#row(row, index),
      open: (row) => goTo("product", row.product.id),
      toggle: (row, index, range) => this.#choose(row, index, range || !this.chosen.has(row.product.id)),
    });
  }

  #row({ product, findings, labels }, index) {
    const { id } = product;
    const box = el("input", { type: "checkbox", name: "choose", tabindex: -1, checked: this.chosen.has(id), "aria-label": t("catalogue.choose", { title: product.title }) });
    box.addEventListener("click", (event) => this.#choose({ product }, index, box.checked, event.shiftKey));
    const mine = labels.some((label) => label.kind === "category" && label.source === "merchant");
    const said = labels.filter((label) => label.source !== "feed" && !(label.kind === "category" && label.source === "merchant"));
    return [
      el("span", { className: "cell-check", role: "cell" }, el("label", {}, box)),
      el("span", { className: "cell-product", role: "cell" }, tile(product.photo, "", 160), el("span", { className: "two-lines" }, el("a", { href: addressOf("product", id), tabindex: -1, dir: "auto" }, product.title || id), el("small", { dir: "auto" }, id))),
      el("span", { className: "cell-category", role: "cell", dir: "auto" }, el("span", { className: "clip", title: product.category }, product.category ? categoryPath(product.category) : el("em", {}, t("catalogue.no_category"))), mine && el("span", { className: "chip mine", title: t("source.merchant") }, t("catalogue.mine"))),
      el("span", { className: "cell-labels", role: "cell" }, said.slice(0, 3).map((label) => el("span", { className: `chip${label.source === "merchant" ? " mine" : ""}`, title: `${sourceName(label.source)}, ${formatShare(label.confidence)}` }, labelValue(label)))),
      el("span", { className: "cell-price", role: "cell" }, product.price ? formatPrice(product.sale_price ?? product.price) : "—", product.availability !== "in_stock" && el("small", {}, called("availability", product.availability))),
      el("span", { className: "cell-findings", role: "cell" }, findings.length ? [findingChip(findings[0]), findings.length > 1 && el("span", { className: "chip", title: findings.slice(1).map((one) => findingText(one.code).title).join(", ") }, `+${findings.length - 1}`)] : el("span", { className: "soft" }, t("catalogue.fine"))),
    ];
  }

  #choose(row, index, on, range = false) {
    const from = range && this.last !== undefined ? Math.min(this.last, index) : index;
    const to = range && this.last !== undefined ? Math.max(this.last, index) : index;
    for (let place = from; place <= to; place += 1) {
      const one = place === index ? row : this.rows.rowAt(place);
      if (one) this.chosen[on ? "add" : "delete"](one.product.id);
    }
    this.last = index;
    this.rows.redraw();
    this.#choices();
  }

  async #chooseAll(on) {
    this.chosen = new Set(on ? await ask("ids", this.asked).catch(sayError) : []);
    this.rows.redraw();
    this.#choices();
  }

  #choices() {
    if (this.all) {
      this.all.checked = this.chosen.size > 0 && this.chosen.size >= this.total;
      this.all.indeterminate = this.chosen.size > 0 && !this.all.checked;
    }
    fill(this.bulk, this.chosen.size > 0 && bulkBar(this.chosen, (change, words) => this.#change(change, words), () => this.#chooseAll(false)));
  }

  async #change(change, words) {
    const { changed, before } = await send("corrections", { products: [...this.chosen], ...change });
    await this.#fresh();
    say(count(words, changed), { undo: changed > 0 && (() => send("corrections/restore", { before }).then(() => this.#fresh()).catch(sayError)) });
  }

  async #fresh() {
    const { places, total } = await ask("places", { ...this.asked, every: EVERY });
    const at = this.rows.scrollTop;
    this.total = total;
    fill(this.head, heading(t("nav.catalogue"), count("catalogue.found", total)));
    this.#table(places);
    this.rows.scrollTop = at;
  }
}

customElements.define("st-catalogue-page", CataloguePage);
