/** Questions one after the other, answered by keys: `<st-review-page>`. */

import { addressOf } from "../../address.js";
import { el, fill, photoUrl } from "../../dom.js";
import { categoryPath, formatNumber, formatPrice, formatShare } from "../../i18n.js";
import { ask, remove, send } from "../calls.js";
import { field, heading, meter } from "../parts/card.js";
import { categoryInput } from "../parts/category-input.js";
import { defectQuestion } from "../parts/defect-question.js";
import { showOpen } from "../parts/frame.js";
import { openSheet } from "../parts/sheet.js";
import { isCommand } from "../parts/shortcuts.js";
import { symbol } from "../parts/symbol.js";
import { say, sayError } from "../parts/toast.js";
import { empty, outline } from "../parts/trouble.js";
import { called, count, t } from "../words.js";

const KINDS = ["label", "category", "duplicate", "defect"];
const AHEAD = 12;

class ReviewPage extends HTMLElement {
  #queue = [];
  #given = [];
  #busy = false;

  connectedCallback() {
    this.keys = (event) => this.#key(event);
    addEventListener("keydown", this.keys);
  }

  disconnectedCallback() {
    removeEventListener("keydown", this.keys);
  }

  async show(place, signal) {
    this.pageTitle = t("nav.review");
    if (!this.childElementCount) fill(this, heading(t("nav.review"), t("review.about")), outline(6));
    this.kind = KINDS.includes(place.id) ? place.id : "";
    await this.#load(signal);
    if (!this.kind) {
      this.kind = KINDS.find((kind) => this.seen.open[kind]) ?? "label";
      await this.#load(signal);
    }
  }

  async #load(signal, anew = false) {
    this.seen = await ask("questions", { kind: this.kind, limit: AHEAD, anew }, signal);
    this.#queue = this.seen.questions;
    showOpen(this.seen.open);
    this.#draw();
  }

  #draw() {
    const { open, answered } = this.seen;
    const done = Object.values(answered[this.kind] ?? {}).reduce((sum, one) => sum + one, 0);
    const refresh = async (event) => {
      event.currentTarget.disabled = true;
      await this.#load(undefined, true).catch(sayError);
    };
    const [now] = this.#queue;
    this.card = el("div", { className: "question", "aria-live": "polite" }, now ? this.#question(now) : empty("check", t("review.nothing"), t(this.kind === "defect" ? "defect.nothing_advice" : "review.nothing_advice")));
    fill(
      this,
      heading(t("nav.review"), t("review.about"), el("button", { className: "btn", type: "button", onclick: refresh }, symbol("refresh"), t("review.anew"))),
      el("nav", { className: "tabs", "aria-label": t("review.kinds") }, KINDS.map((kind) => el("a", { href: addressOf("review", kind), "aria-current": kind === this.kind ? "page" : false }, called("question", kind), el("span", { className: "tab-count" }, formatNumber(open[kind]))))),
      this.card,
      el("div", { className: "review-foot" }, el("span", {}, count("review.left", open[this.kind])), meter(done + open[this.kind] ? done / (done + open[this.kind]) : 1), el("span", {}, count("review.done", done)), this.#given.length > 0 && el("button", { className: "btn small", type: "button", onclick: () => this.#undo() }, symbol("undo"), t("undo"), el("kbd", {}, "z"))),
    );
  }

  #question(one) {
    if (one.kind === "defect") return defectQuestion(one.defect, (said) => this.#say(one, said));
    return one.kind === "duplicate" ? this.#pair(one) : this.#doubt(one);
  }

  #doubt(one) {
    const choice = ([path, share], place) =>
      el(
        "button", { className: `suggestion${path === one.given ? " given" : ""}`, type: "button", onclick: () => this.#say(one, path === one.given ? "right" : "corrected", path) },
        el("kbd", {}, String(place + 1)), el("span", { dir: "auto" }, categoryPath(path), path === one.given && el("small", {}, t("review.now"))), meter(share), el("span", { className: "number" }, formatShare(share)),
      );
    const type = () => this.#type(one);
    return el(
      "div", { className: "doubt" },
      photosOf(one),
      el(
        "div", { className: "doubt-words" },
        about(one.product),
        one.given
          ? el("p", { className: "given-now" }, t(one.kind === "label" ? "review.filed" : "review.filed_unsure"), " ", el("strong", { dir: "auto" }, categoryPath(one.given)))
          : el("p", { className: "given-now" }, t("review.unfiled")),
        el("h2", {}, t("review.which")),
        one.suggestions.length ? el("div", { className: "suggestions" }, one.suggestions.map(choice)) : el("p", { className: "soft" }, t("review.no_suggestions")),
        el(
          "div", { className: "actions" },
          one.given && el("button", { className: "btn", type: "button", onclick: () => this.#say(one, "right", one.given) }, symbol("check"), t("review.right"), el("kbd", {}, "y")),
          el("button", { className: "btn", type: "button", onclick: type }, t("review.other"), el("kbd", {}, "c")),
          el("button", { className: "btn", type: "button", onclick: () => this.#say(one, "unsure") }, t("review.unsure"), el("kbd", {}, "u")),
        ),
      ),
    );
  }

  #pair(one) {
    const side = (product, photo) => el("figure", {}, el("img", { src: photoUrl(photo, 640), alt: product.title, decoding: "async" }), el("figcaption", {}, about(product)));
    return el(
      "div", { className: "pair-question" },
      el("div", { className: "sides" }, side(one.product, one.photo), side(one.other, one.other_photo)),
      el("h2", {}, t("review.same_question")), el("p", { className: "soft" }, t("review.alike", { share: formatShare(one.probability) })),
      el(
        "div", { className: "actions" },
        el("button", { className: "btn primary", type: "button", onclick: () => this.#say(one, "same") }, t("review.same"), el("kbd", {}, "s")),
        el("button", { className: "btn", type: "button", onclick: () => this.#say(one, "different") }, t("review.different"), el("kbd", {}, "d")),
        el("button", { className: "btn", type: "button", onclick: () => this.#say(one, "unsure") }, t("review.unsure"), el("kbd", {}, "u")),
      ),
    );
  }

  #type(one) {
    const input = categoryInput(one.given);
    input.required = true;
    openSheet({ title: t("review.other"), about: one.product.title, content: field(t("catalogue.category"), input), action: t("save"), done: () => this.#say(one, input.value === one.given ? "right" : "corrected", input.value) });
    input.select();
  }

  async #say(one, said, category = "") {
    if (this.#busy) return;
    this.#busy = true;
    const about = one.defect ? { product_id: one.defect.line, other_id: one.defect.sha256 } : { product_id: one.product.id, other_id: one.other?.id ?? "" };
    const answer = { kind: one.kind, ...about, said, category };
    try {
      await send("answers", answer);
      this.#given.push({ answer, title: one.defect?.name || one.product?.title || "" });
      const inside = this.card.contains(document.activeElement);
      this.#queue.shift();
      this.seen.open[one.kind] -= 1;
      const counts = (this.seen.answered[one.kind] ??= {});
      counts[said] = (counts[said] ?? 0) + 1;
      showOpen(this.seen.open);
      if (this.#queue.length || !this.seen.open[one.kind]) this.#draw();
      else await this.#load();
      if (inside) this.card.querySelector("button, a")?.focus();
    } catch (error) {
      sayError(error);
    }
    this.#busy = false;
  }

  async #undo() {
    const last = this.#given.pop();
    if (!last) return;
    const { kind, product_id, other_id } = last.answer;
    try {
      await remove("answers", { kind, product_id, other_id });
      this.kind = kind;
      await this.#load();
      say(t("review.undone", { title: last.title }));
    } catch (error) {
      sayError(error);
    }
  }

  #key(event) {
    if (!isCommand(event) || !this.isConnected) return;
    const [one] = this.#queue;
    if (event.key === "z") this.#undo();
    if (!one) return;
    const place = Number(event.key) - 1;
    if (event.key === "u") this.#say(one, "unsure");
    else if (one.kind === "defect") {
      if (event.key === "y") this.#say(one, "defect");
      if (event.key === "n") this.#say(one, "good");
    }
    else if (one.kind === "duplicate") {
      if (event.key === "s") this.#say(one, "same");
      if (event.key === "d") this.#say(one, "different");
    } else if (event.key === "y" && one.given) this.#say(one, "right", one.given);
    else if (event.key === "c") {
      event.preventDefault();
      this.#type(one);
    } else if (one.suggestions[place]) {
      const [path] = one.suggestions[place];
      this.#say(one, path === one.given ? "right" : "corrected", path);
    }
  }
}

function photosOf(one) {
  const shown = one.photos.slice(0, 4);
  if (!shown.length) return el("div", { className: "doubt-photos" }, empty("image", t("product.no_photo")));
  return el("div", { className: "doubt-photos" }, shown.map((photo, place) => el("img", { src: photoUrl(photo.sha256, place ? 320 : 640), alt: place ? "" : one.product.title, width: photo.width, height: photo.height, decoding: "async" })));
}

function about(product) {
  const price = product.price && formatPrice(product.sale_price ?? product.price);
  return el("div", { className: "about-product" }, el("a", { href: addressOf("product", product.id), dir: "auto" }, product.title || product.id), el("small", { dir: "auto" }, [product.id, product.brand, price].filter(Boolean).join(" · ")));
}

customElements.define("st-review-page", ReviewPage);
