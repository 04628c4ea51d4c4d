/** One product: its photos with findings, what is said of it, and what the merchant says: `<st-product-page>`. */

import { addressOf } from "../../address.js";
import { productPath } from "../../api.js";
import { el, fill, tile } from "../../dom.js";
import { categoryPath, findingText, formatNumber, formatPrice, formatShare, named } from "../../i18n.js";
import { attributeName, attributeValue } from "../../parts/attribute.js";
import { askShop, send, sendShop } from "../calls.js";
import { tagsOf } from "../parts/bulk-bar.js";
import { card, field, labelValue, severityChip, sourceName } from "../parts/card.js";
import { categoryInput } from "../parts/category-input.js";
import { markedPhoto } from "../parts/marked-photo.js";
import { drawMending } from "../parts/mending.js";
import { openSheet } from "../parts/sheet.js";
import { symbol } from "../parts/symbol.js";
import { say, sayError } from "../parts/toast.js";
import { outline } from "../parts/trouble.js";
import { ago, called, count, t } from "../words.js";

const WHO = "shoplens.who";

class ProductPage extends HTMLElement {
  async show(place, signal) {
    this.productId = place.id;
    if (!this.childElementCount) fill(this, outline(8));
    await this.#load(signal);
  }

  async #load(signal) {
    const [seen, ledger] = await Promise.all([askShop(productPath(this.productId, "page").replace("/v1/", ""), {}, signal), askShop("findings", { product: this.productId, state: "all", limit: 200 }, signal)]);
    this.seen = seen;
    this.past = ledger.findings.filter((issue) => issue.state !== "open");
    if (this.shown >= seen.photos.length) this.shown = 0;
    this.pageTitle = this.seen.product.title;
    this.shown ??= 0;
    this.#draw();
  }

  #draw() {
    const { product, photos, findings, variants, description } = this.seen;
    this.stage = el("div", { className: "stage" });
    this.mending = el("div", { className: "mending" });
    fill(
      this,
      el("nav", { className: "way-back", "aria-label": t("product.back") }, el("a", { className: "link", href: addressOf("catalogue") }, symbol("back"), t("nav.catalogue"))),
      el(
        "div", { className: "head" },
        el("div", {}, el("h1", { dir: "auto" }, product.title || product.id), el("p", { dir: "auto" }, product.id)),
        el("div", { className: "head-actions" }, el("a", { className: "btn", href: `/#/product/${encodeURIComponent(product.id)}` }, symbol("shop"), t("product.in_shop"))),
      ),
      el(
        "div", { className: "product-sides" },
        el("div", {}, card("", this.stage), card(t("product.findings"), this.#findings(findings, photos), this.#past(), this.mending)),
        el("div", {}, this.#category(), this.#tags(), this.#labels(), this.#facts(product, description), variants.length > 0 && card(t("product.variants"), el("ul", { className: "list" }, variants.map((one) => el("li", {}, el("a", { className: "list-link", href: addressOf("product", one.id) }, tile(one.photo, "", 160), el("span", { className: "two-lines" }, el("span", { dir: "auto" }, one.title), el("small", { dir: "auto" }, one.id)))))))),
      ),
    );
    this.#stage();
    drawMending(this.mending, product.id, findings.length > 0, () => this.#load()).catch(sayError);
  }

  #past() {
    if (!this.past.length) return null;
    const back = (id) => () => sendShop(`findings/${id}/unwaive`).then(() => this.#load()).catch(sayError);
    const line = ({ finding, state, waived_by: by, waived_why: why, fixed_at: fixed }) =>
      el("li", {}, el("div", {}, el("strong", {}, findingText(finding.code).title), el("small", { dir: "auto" }, state === "waived" ? t("ledger.waived", { by, why }) : t("ledger.fixed", { when: ago(fixed) }))), state === "waived" && el("button", { className: "btn small", type: "button", onclick: back(finding.id) }, t("ledger.unwaive")));
    return el("details", { className: "past" }, el("summary", {}, count("ledger.past", this.past.length)), el("ul", { className: "list" }, this.past.map(line)));
  }

  #waive(finding) {
    const by = el("input", { type: "text", required: true, maxlength: 200, autocomplete: "name", value: localStorage.getItem(WHO) ?? "", dir: "auto" });
    const why = el("input", { type: "text", required: true, maxlength: 1000, dir: "auto" });
    const done = async () => {
      localStorage.setItem(WHO, by.value);
      await sendShop(`findings/${finding.id}/waive`, { by: by.value, why: why.value });
      await this.#load();
      say(t("ledger.done"), { undo: () => sendShop(`findings/${finding.id}/unwaive`).then(() => this.#load()).catch(sayError) });
    };
    openSheet({ title: t("ledger.waive_title", { title: findingText(finding.code).title }), about: t("ledger.waive_about"), content: [field(t("ledger.by"), by), field(t("ledger.why"), why)], action: t("ledger.waive"), done });
  }

  #stage() {
    const { photos, findings, product } = this.seen;
    if (!photos.length) {
      fill(this.stage, el("p", { className: "soft" }, t("product.no_photo")));
      return;
    }
    const photo = photos[this.shown];
    const here = findings.filter((one) => one.photo === photo.sha256);
    const thumb = (one, place) =>
      el(
        "button", { type: "button", "aria-label": t("product.photo", { number: place + 1 }), "aria-current": place === this.shown ? "true" : false, onclick: () => this.#turn(place) },
        tile(one.sha256, "", 160), findings.some((finding) => finding.photo === one.sha256) && el("span", { className: "thumb-mark", "aria-hidden": "true" }),
      );
    fill(
      this.stage,
      markedPhoto(photo, here, t("product.photo_of", { number: this.shown + 1, title: product.title }), this.chosen),
      el("p", { className: "soft" }, t("product.size", { width: formatNumber(photo.width), height: formatNumber(photo.height) })),
      photos.length > 1 && el("div", { className: "thumbs" }, photos.map(thumb)),
    );
  }

  #turn(place, finding = null) {
    const inside = this.stage.contains(document.activeElement);
    this.shown = place;
    this.chosen = finding;
    this.#stage();
    if (inside) this.stage.querySelector("[aria-current]")?.focus();
  }

  #findings(findings, photos) {
    if (!findings.length) return el("p", { className: "note good" }, symbol("check"), t("product.no_findings"));
    const line = (finding) => {
      const text = findingText(finding.code);
      const place = photos.findIndex((one) => one.sha256 === finding.photo);
      return el(
        "li", { className: "finding" },
        el("div", { className: "finding-head" }, severityChip(finding.severity), el("strong", {}, text.title), place >= 0 && photos.length > 1 && el("button", { className: "link", type: "button", onclick: () => this.#turn(place, finding) }, t("product.on_photo", { number: place + 1 })), finding.id && el("button", { className: "btn small waive", type: "button", onclick: () => this.#waive(finding) }, t("ledger.waive"))),
        el("p", {}, text.help || finding.description),
        finding.detail && el("p", { className: "soft" }, t("product.measured", amounts(finding.detail))),
      );
    };
    return el("ul", { className: "finding-list" }, findings.map(line));
  }

  #category() {
    const { product, labels } = this.seen;
    const own = labels.find((one) => one.kind === "category" && one.source === "merchant");
    const feed = labels.find((one) => one.kind === "category" && one.source === "feed");
    const edit = () => {
      const input = categoryInput(product.category);
      openSheet({ title: t("product.category_edit"), about: t("product.category_about"), content: field(t("catalogue.category"), input), action: t("save"), done: () => this.#change({ category: input.value }) });
    };
    return card(
      t("catalogue.category"),
      el("p", { className: "value", dir: "auto" }, product.category ? categoryPath(product.category) : t("catalogue.no_category"), own && el("span", { className: "chip mine" }, t("catalogue.mine"))),
      own && el("p", { className: "soft" }, t("product.feed_says", { category: feed ? categoryPath(feed.value) : t("catalogue.no_category") })),
      el("div", { className: "actions" }, el("button", { className: "btn small", type: "button", onclick: edit }, t("product.edit")), own && el("button", { className: "btn small", type: "button", onclick: () => this.#change({ category: "" }).catch(sayError) }, symbol("undo"), t("product.as_feed"))),
    );
  }

  #tags() {
    const { product, labels } = this.seen;
    const own = labels.filter((one) => one.kind === "tag" && one.source === "merchant").map((one) => one.value);
    const input = el("input", { type: "text", "aria-label": t("product.new_tag"), placeholder: t("product.new_tag"), maxlength: 200, dir: "auto" });
    const add = (event) => {
      event.preventDefault();
      const tags = tagsOf(input.value);
      if (tags.length) this.#change({ add_tags: tags }).then(() => this.querySelector(".tag-form input")?.focus()).catch(sayError);
    };
    const drop = (tag) => el("span", { className: "chip mine" }, el("span", { dir: "auto" }, tag), el("button", { type: "button", "aria-label": t("product.drop_tag", { tag }), onclick: () => this.#change({ remove_tags: [tag] }).catch(sayError) }, symbol("close")));
    return card(
      t("product.tags"),
      el("div", { className: "chips" }, product.tags.map((tag) => el("span", { className: "chip", title: t("source.feed"), dir: "auto" }, tag)), own.map(drop), !product.tags.length && !own.length && el("span", { className: "soft" }, t("product.no_tags"))),
      el("form", { className: "tag-form", onsubmit: add }, input, el("button", { className: "btn small", type: "submit" }, symbol("plus"), t("add"))),
    );
  }

  #labels() {
    const { labels } = this.seen;
    if (!labels.length) return null;
    return card(
      t("product.said"),
      el(
        "table", { className: "grid-table plain" },
        el("thead", {}, el("tr", {}, ["kind", "value", "confidence", "source"].map((name) => el("th", { scope: "col" }, t(`product.column.${name}`))))),
        el("tbody", {}, labels.map((one) => el("tr", {}, el("td", {}, named("kind", one.kind)), el("td", { dir: "auto" }, labelValue(one)), el("td", { className: "number" }, formatShare(one.confidence)), el("td", {}, sourceName(one.source))))),
      ),
    );
  }

  #facts(product, description) {
    const price = product.price && formatPrice(product.sale_price ?? product.price);
    const pairs = [[called("field", "brand"), product.brand], [called("field", "price"), price], [called("field", "availability"), called("availability", product.availability)], ...Object.entries(product.attributes).map(([name, value]) => [attributeName(name), attributeValue(name, value)])];
    return card(
      t("product.facts"),
      el("dl", { className: "facts-list" }, pairs.filter(([, value]) => value).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", { dir: "auto" }, value)))),
      description && el("p", { className: "soft prose", dir: "auto" }, description),
    );
  }

  async #change(wish) {
    const { changed, before } = await send("corrections", { products: [this.productId], ...wish });
    await this.#load();
    say(count("bulk.changed", changed), { undo: changed > 0 && (() => send("corrections/restore", { before }).then(() => this.#load()).catch(sayError)) });
  }
}

// In as many digits as tell what was measured from its limit.
function amounts({ measured, threshold, unit }) {
  const share = unit === "share" || unit === "probability";
  const told = (value, digits) => formatNumber(value, share ? { style: "percent", maximumSignificantDigits: digits } : { maximumSignificantDigits: digits });
  let digits = share ? 2 : 3;
  while (digits < 9 && measured !== threshold && told(measured, digits) === told(threshold, digits)) digits += 1;
  const text = (value) => (share ? told(value, digits) : `${told(value, digits)} ${named("unit", unit)}`);
  return { measured: text(measured), threshold: text(threshold) };
}

customElements.define("st-product-page", ProductPage);
