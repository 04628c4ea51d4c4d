/** Results for words, a photo, products or a category: `<sl-search-page>`. */

import { addressOf, change, changed, here } from "../address.js";
import { askForm, get } from "../api.js";
import { el, fill, icon } from "../dom.js";
import { categoryName, count, formatNumber, t } from "../i18n.js";
import { colorName } from "../parts/color.js";
import { clearing, filterFields, filtersSet } from "../parts/filters.js";
import { cardGrid, cardOutlines } from "../parts/product-card.js";
import { nothing, nothingHere, problem } from "../parts/problem.js";
import { examplesOf, noMatch, orderChoice, ordered, understoodAs } from "../parts/result-list.js";
import { photoPicker } from "../parts/search-field.js";
import { showWhy } from "../parts/why-dialog.js";
import "../parts/photo-box.js";
import { findObjects, parseBox, photoQuery, searchByPhoto } from "../photo-query.js";
import { popularAmong } from "../placements.js";
import { noteAnswer } from "../visitor.js";

const PAGE = 24;
const AT_MOST = 96;
const MOST_EXAMPLES = 5;

class SearchPage extends HTMLElement {
  #photo = "";
  #drawn = "";

  /** Only filters, the box or the words changed: the controls stay, and with them the focus. */
  follows(place) {
    return (place.page === "photo" ? place.id : "") === this.#photo && Boolean(this.results?.isConnected);
  }

  async show(place, signal) {
    const query = place.page === "photo" ? await photoQuery(place.id) : null;
    if (place.page === "photo" && !query) return this.#photoIsGone();
    if (!this.results?.isConnected) this.#build(place, query);
    this.pageTitle = this.heading.textContent = headingOf(place);
    this.#controls(place);
    const box = parseBox(place.parameters.get("box"));
    if (query && box) this.photo.mark(box);
    // More of the same results: what is there stays where it is.
    const same = this.#drawn === withoutCount(place);
    if (!same) fill(this.results, cardOutlines(12));
    const slow = setTimeout(() => (this.said.textContent = t("results.slow")), 4000);
    const beside = this.#beside(place, signal);
    try {
      const answer = await this.#ask(place, query, signal);
      clearTimeout(slow);
      noteAnswer(answer);
      if (query) this.photo.mark(box ?? answer.box);
      this.#showAnswer(place, query, answer);
      this.#drawn = withoutCount(place);
      if (query) this.#offerObjects(query, signal);
      await beside;
    } catch (error) {
      if (error.name === "AbortError") throw error;
      this.said.textContent = "";
      this.#drawn = "";
      fill(this.notes);
      fill(this.results, problem(error, () => this.show(place, signal)));
    } finally {
      clearTimeout(slow);
    }
  }

  #build(place, query) {
    this.#photo = query ? place.id : "";
    this.heading = el("h1", {});
    this.said = el("p", { className: "said", role: "status" });
    this.order = el("div", { className: "order" });
    this.filters = el("sl-filters", { id: "filters" });
    this.examples = el("div", { className: "examples-place" });
    this.notes = el("div");
    this.results = el("div", { className: "results", tabindex: -1 });
    this.opener = el(
      "button", { type: "button", className: "button filters-open", "aria-expanded": "false", "aria-controls": "filters", onclick: () => this.#toggle() },
      icon("filters"), el("span", {}),
    );
    const list = el(
      "div", { className: "results-side" },
      el("div", { className: "results-head" }, el("div", {}, this.heading, this.said), el("div", { className: "results-tools" }, this.opener, this.order)),
      this.examples, this.notes, this.results,
    );
    const skip = el("button", { type: "button", className: "skip skip-inside", role: "link", onclick: () => this.results.focus() }, t("skip.results"));
    const aside = el("aside", { className: "search-side", "aria-label": t("filter.label") }, skip, this.filters);
    if (query) {
      this.photo = el("sl-photo-box", { className: "photo-side" });
      this.photo.open(query, (asked) => change({ box: asked, n: "" }));
      skip.after(this.photo);
    }
    this.classList.add("with-side");
    return fill(this, aside, list);
  }

  #toggle() {
    const open = this.filters.classList.toggle("open");
    this.opener.setAttribute("aria-expanded", String(open));
    if (open) this.filters.querySelector("button, input")?.focus();
  }

  #controls(place) {
    const set = filtersSet(place.parameters);
    this.opener.lastElementChild.textContent = set ? t("filter.open_set", { count: formatNumber(set) }) : t("filter.open");
    const focused = this.order.contains(document.activeElement);
    fill(this.order, orderChoice(place));
    if (focused) this.order.firstElementChild.focus();
  }

  /** The filters and the examples; they come beside the results and never hold them up. */
  async #beside(place, signal) {
    try {
      const [examples] = await Promise.all([examplesOf(place, signal), this.filters.show(place, signal)]);
      fill(this.examples, examples);
    } catch (error) {
      // The results say what is wrong with the shop; filters that could not be counted stay as they were.
      if (error.name === "AbortError") return;
    }
  }

  async #offerObjects(query, signal) {
    try {
      this.photo.offer(await findObjects(query, { ...fieldsOf(new URLSearchParams()) }, signal));
    } catch {
      // Without the products of the photo there is still the box to drag.
    }
  }

  #ask(place, query, signal) {
    const fields = fieldsOf(place.parameters);
    const q = place.parameters.get("q") ?? "";
    const like = place.parameters.getAll("like");
    const asked = { ...fields, text: q, product: like, not_product: place.parameters.getAll("unlike") };
    if (query) return searchByPhoto(query, { ...trimmed(asked), box: place.parameters.get("box") ?? "" }, signal);
    if (like.length) return askForm("/v1/search", asked, signal);
    if (q) return get("/v1/search", { q, ...fields }, signal);
    return popularAmong(fields, signal);
  }

  #showAnswer(place, query, answer) {
    const { limit } = fieldsOf(place.parameters);
    const results = ordered(answer.results, place.parameters.get("sort"));
    const words = results.length ? count(results.length < limit ? "results.found" : "results.closest", results.length) : "";
    this.said.textContent = [words, understoodAs(answer.understood, colorName)].filter(Boolean).join(" · ");
    fill(this.notes, answer.no_match && results.length > 0 && noMatch(place, answer.kinds ?? []));
    if (!results.length) return fill(this.results, this.#nothingFound(place));
    const more = answer.results.length >= limit && limit < AT_MOST;
    return fill(
      this.results,
      cardGrid(results, this.#actions(place, query, answer.box)),
      more && el("p", { className: "more" }, el("button", { className: "button", type: "button", onclick: () => change({ n: limit + PAGE }) }, t("results.more"))),
    );
  }

  #actions(place, query, seen) {
    const room = (side) => place.parameters.getAll(side).length < MOST_EXAMPLES;
    const add = (side) => ({ id }) => {
      const other = side === "like" ? "unlike" : "like";
      const asked = here().parameters;
      const others = asked.getAll(other).filter((one) => one !== id);
      change({ [side]: [...new Set([...asked.getAll(side), id])], [other]: others, n: "" });
      scrollTo({ top: 0 });
    };
    return {
      more: room("like") && add("like"),
      // Nothing can be unlike a product alone: there must be something to be like.
      less: (query || place.parameters.has("like")) && room("unlike") && add("unlike"),
      why: query && ((match) => showWhy(query, match, parseBox(place.parameters.get("box")) ?? seen)),
    };
  }

  #nothingFound(place) {
    const set = filtersSet(place.parameters) > 0;
    const away = set
      ? el("a", { className: "button", ...clearing(place) }, t("filter.clear"))
      : el("a", { className: "button", href: addressOf("home") }, t("results.browse"));
    return nothing(t("results.none"), t(set ? "results.none_filtered" : "results.none_advice"), away);
  }

  #photoIsGone() {
    this.pageTitle = t("results.for_photo");
    const picker = photoPicker(el("span", { className: "button primary" }, t("home.pick")), t("home.pick"));
    this.classList.remove("with-side");
    fill(this, nothingHere(t("photo.gone"), t("photo.gone_advice"), picker));
  }
}

function fieldsOf(parameters) {
  const wished = Number(parameters.get("n")) || PAGE;
  // A cheapest or dearest one stands for more than the first page.
  return { ...filterFields(parameters), limit: parameters.get("sort") ? AT_MOST : wished };
}

/** Leave out what is empty, so that the same question has the same key. */
function trimmed(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => !["text", "product", "not_product"].includes(name) || value.length));
}

function withoutCount(place) {
  return changed(place, { n: "" });
}

function headingOf(place) {
  const words = place.parameters.get("q");
  const category = place.parameters.get("category");
  if (place.page === "photo") return t("results.for_photo");
  if (words) return t("results.for_words", { words });
  if (place.parameters.has("like")) return t("results.for_like");
  return category ? categoryName(category) : t("results.everything");
}

customElements.define("sl-search-page", SearchPage);
