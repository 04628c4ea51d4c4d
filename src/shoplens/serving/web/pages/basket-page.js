/** The basket, and what goes with all of it: `<sl-basket-page>`. */

import { addressOf } from "../address.js";
import { get, productPath } from "../api.js";
import { basket, buyAll, setQuantity } from "../basket.js";
import { el, fill, icon, tile } from "../dom.js";
import { count, formatNumber, formatPrice, t } from "../i18n.js";
import { availabilityOf, cardGrid, cardOutlines, payable, priceOf, row } from "../parts/product-card.js";
import { nothingHere } from "../parts/problem.js";
import { isForSale } from "../parts/shop-link.js";
import { goesWithAll } from "../placements.js";
import { noteAnswer, tell } from "../visitor.js";

const SHOWN = 6;

class BasketPage extends HTMLElement {
  follows() {
    return false;
  }

  async show(place, signal) {
    this.pageTitle = t("basket.title");
    const items = basket();
    if (!items.length) return this.#empty();
    fill(this, el("h1", {}, t("basket.title")), el("div", { className: "basket" }, el("div", { className: "basket-outline outline", "aria-hidden": "true" }, items.map(() => el("span")))));
    const asked = items.map((item) => get(productPath(item.id, "page"), {}, signal).then(({ product }) => ({ ...item, product })));
    const answers = await Promise.allSettled(asked);
    signal.throwIfAborted();
    const failed = answers.find(({ reason }) => reason && reason.status !== 404);
    if (failed) throw failed.reason;
    this.lines = answers.filter(({ value }) => value).map(({ value }) => value);
    for (const { id } of items) if (!this.lines.some((line) => line.id === id)) setQuantity(id, 0); // the shop has it no more
    if (!this.lines.length) return this.#empty();
    this.list = el("div", { className: "basket" });
    this.beside = el("div", {}, row(t("basket.goes_with"), cardOutlines(SHOWN)));
    fill(this, el("h1", {}, t("basket.title")), this.list, this.beside);
    this.#draw();
    tell("shopping-cart-page-view", items);
    return this.#goesWith(signal);
  }

  #draw() {
    const set = (line, quantity) => {
      setQuantity(line.id, quantity);
      line.quantity = quantity;
      if (quantity > 0) return this.#draw();
      this.lines = this.lines.filter((one) => one !== line);
      if (!this.lines.length) return this.#empty();
      this.#draw();
      return this.#goesWith();
    };
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    fill(this.list, el("ul", { className: "basket-lines" }, this.lines.map((line) => lineItem(line, set))), this.#summary());
    if (focused) (this.list.querySelector(`[data-key="${CSS.escape(focused)}"]`) ?? this.list.querySelector("button"))?.focus();
  }

  #summary() {
    const sums = new Map();
    for (const { product, quantity } of this.lines) {
      const price = payable(product);
      if (price) sums.set(price.currency, (sums.get(price.currency) ?? 0) + price.amount * quantity);
    }
    const number = this.lines.reduce((sum, line) => sum + line.quantity, 0);
    const buy = async () => {
      await buyAll();
      this.#thank();
    };
    // What is sold elsewhere is bought there.
    const elsewhere = this.lines.some(({ product }) => isForSale(product));
    return el(
      "aside", { className: "basket-sum", "aria-label": t("basket.sum") },
      el("p", { role: "status" }, count("basket.pieces", number)),
      el("p", { className: "price" }, [...sums].map(([currency, amount]) => el("span", {}, formatPrice({ amount: amount.toFixed(2), currency })))),
      elsewhere
        ? el("p", { className: "hint" }, t("basket.elsewhere"))
        : [el("button", { type: "button", className: "button primary", "data-key": "buy", onclick: buy }, t("basket.buy")), el("p", { className: "hint" }, t("basket.demo"))],
    );
  }

  async #goesWith(signal) {
    try {
      const answer = await goesWithAll(this.lines.map(({ id }) => id), SHOWN, signal);
      noteAnswer(answer);
      fill(this.beside, answer.results.length > 0 && row(t("basket.goes_with"), cardGrid(answer.results)));
    } catch (error) {
      if (error.name === "AbortError") throw error;
      fill(this.beside, row(t("basket.goes_with"), el("p", { className: "hint", role: "alert" }, t("product.row_failed"))));
    }
  }

  #empty() {
    fill(this, nothingHere(t("basket.empty"), t("basket.empty_advice"), el("a", { className: "button primary", href: addressOf("home") }, t("results.browse"))));
  }

  #thank() {
    fill(this, nothingHere(t("basket.thanks"), t("basket.demo"), el("a", { className: "button primary", href: addressOf("home") }, t("results.browse"))));
    this.querySelector("a").focus();
  }
}

function lineItem(line, set) {
  const { product, quantity } = line;
  const button = (name, sign, next) => el(
    "button", { type: "button", className: "quiet", "data-key": `${name} ${line.id}`, "aria-label": t(`basket.${name}`, { title: product.title }), title: t(`basket.${name}`, { title: product.title }), onclick: () => set(line, next) },
    icon(sign),
  );
  return el(
    "li", { className: "basket-line" },
    el("a", { href: addressOf("product", product.id), "aria-hidden": "true", tabindex: "-1" }, tile(product.photo, "", 160)),
    el(
      "div", {},
      el("a", { className: "card-title", dir: "auto", href: addressOf("product", product.id) }, product.title),
      el("p", { className: "card-price" }, priceOf(product), availabilityOf(product)),
      isForSale(product) && el("a", { className: "hint", href: product.link, rel: "noopener noreferrer" }, t("product.to_shop")),
    ),
    el("div", { className: "basket-number" }, button("less", "less", quantity - 1), el("span", { "aria-label": t("basket.quantity") , role: "group" }, formatNumber(quantity)), button("more", "more", quantity + 1), button("remove", "bin", 0)),
  );
}

customElements.define("sl-basket-page", BasketPage);
