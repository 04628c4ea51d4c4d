/** What every widget has: its own root and styles, its language, and the shop that it asks. */

import { el, fill } from "../dom.js";
import { priceText } from "../price.js";

const HERE = new URL("../widget.js", import.meta.url);
const SCRIPT = [...document.querySelectorAll("script[type=module]")].map((script) => script.src).find((src) => src.startsWith(HERE.href)) ?? HERE.href;
const LANGUAGES = ["en", "zh"];
const FAILED = 0;
const loaded = new Map();

/** An element that shows products of a shop; its attributes are in docs/web.md. */
export class ShopElement extends HTMLElement {
  #started = null;
  #asking = new AbortController();
  messages = {};

  async connectedCallback() {
    this.#started ??= this.#start();
    await this.#started;
    if (this.isConnected) this.draw();
  }

  disconnectedCallback() {
    this.#asking.abort();
  }

  /** The address of the shop's server. */
  get server() {
    return (this.getAttribute("server") ?? HERE.origin).replace(/\/+$/, "");
  }

  /** How many products to show. */
  get limit() {
    return Math.min(48, Math.max(1, Number(this.getAttribute("limit")) || 8));
  }

  /** Return a message with its {places} filled. */
  t(key, values = {}) {
    return (this.messages[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
  }

  /** Ask the shop, forgetting what was asked before. `status` of an error is 0 where the shop cannot be reached. */
  async ask(path, options = {}) {
    this.#asking.abort();
    this.#asking = new AbortController();
    const headers = this.#key ? { ...options.headers, "X-API-Key": this.#key } : options.headers;
    let answer;
    try {
      answer = await fetch(this.server + path, { ...options, headers, credentials: "omit", signal: this.#asking.signal });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw Object.assign(new Error("unreachable", { cause: error }), { status: FAILED });
    }
    if (!answer.ok) throw Object.assign(new Error("refused"), { status: answer.status });
    return answer.json();
  }

  /** Return the cards of an answer. */
  cards(answer) {
    return el("ul", { class: "grid", part: "grid" }, answer.results.map((match) => el("li", {}, this.#card(match, answer.token))));
  }

  /** Return outlines that take the room of cards. */
  outlines(number) {
    return el("ul", { class: "grid", "aria-hidden": "true" }, Array.from({ length: number }, () => el("li", { class: "outline" }, el("span", { class: "tile" }), el("span"), el("span"))));
  }

  /** Return words for an error. */
  problem(error) {
    const busy = error.status === 429 || error.status === 503;
    return el("p", { class: "said", role: "alert" }, this.t(error.status === FAILED ? "unreachable" : busy ? "busy" : "failed"));
  }

  #card({ product, photo, relation }, token) {
    const sha256 = photo || product.photo;
    const click = () => this.dispatchEvent(new CustomEvent("shoplens-click", { bubbles: true, composed: true, detail: { id: product.id, token, product } }));
    return el(
      "a", { class: "card", part: "card", href: this.#link(product), onclick: click },
      el(
        "span", { class: "tile", part: "tile" },
        sha256 && el("img", { src: this.#photo(sha256), alt: "", width: 320, height: 320, loading: "lazy", decoding: "async", part: "photo" }),
      ),
      relation === "exact" && el("span", { class: "mark", part: "mark" }, this.t("exact")),
      el("span", { class: "title", part: "title", dir: "auto" }, product.title),
      el("span", { class: "price", part: "price" }, this.#price(product)),
      product.availability !== "in_stock" && el("span", { class: "stock", part: "stock" }, this.t(product.availability)),
    );
  }

  #price({ price, sale_price: sale }) {
    const write = (one) => priceText(one, this.locale);
    if (!price && !sale) return null;
    if (!sale || !price || sale.amount === price.amount) return write(sale ?? price);
    return [el("ins", {}, write(sale)), " ", el("del", {}, el("span", { class: "unseen" }, this.t("before")), write(price))];
  }

  #photo(sha256) {
    const key = this.#key ? `&key=${encodeURIComponent(this.#key)}` : "";
    return `${this.server}/v1/photos/${sha256}?size=320${key}`;
  }

  /** The shop's own page of a product: by the pattern of the attribute, else as the shop's feed says. */
  #link(product) {
    const pattern = this.getAttribute("link");
    const link = pattern ? pattern.replaceAll("{id}", encodeURIComponent(product.id)).replaceAll("{listing}", encodeURIComponent(product.listing)) : product.link;
    // A feed's address is outside text: one that would run a script is no link.
    return /^(https?:|\/|\?|#)/i.test(link) ? link : false;
  }

  get #key() {
    return this.getAttribute("key") ?? new URL(SCRIPT).searchParams.get("key") ?? "";
  }

  async #start() {
    const wished = (this.getAttribute("lang") || document.documentElement.lang || navigator.language).toLowerCase();
    const language = LANGUAGES.find((one) => wished.startsWith(one)) ?? "en";
    this.locale = language === "zh" ? "zh-CN" : wished.startsWith("en-") ? wished : "en";
    const root = this.attachShadow({ mode: "open" });
    const [css, messages] = await Promise.all([text("widget/widget.css"), text(`messages/widget.${language}.json`)]);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    this.messages = JSON.parse(messages);
    this.body = fill(el("div", { class: "body", lang: this.locale }));
    root.append(this.body);
  }
}

/** Fetch a file that stands beside this one, once. */
function text(name) {
  if (!loaded.has(name)) loaded.set(name, fetch(new URL(name, HERE)).then((answer) => answer.text()));
  return loaded.get(name);
}
