/** Results for words, a photo or a category: `<sl-search-page>`. */

import { addressOf, goTo } from "../address.js";
import { get, post } from "../api.js";
import { el, fill } from "../dom.js";
import { categoryName, count, t } from "../i18n.js";
import { filterFields, filterRow, isFiltered, withoutFilters } from "../parts/filters.js";
import { cardGrid, cardOutlines } from "../parts/product-card.js";
import { nothing, problem } from "../parts/problem.js";
import { photoPicker } from "../parts/search-field.js";
import "../parts/photo-box.js";
import { photoQuery, searchByPhoto } from "../photo-query.js";
import { noteAnswer } from "../visitor.js";

const PAGE = 24;
const AT_MOST = 96;

class SearchPage extends HTMLElement {
  #photo = "";

  /** Only filters, the box or the words changed: the controls stay, and with them the focus. */
  follows(place) {
    return (place.page === "photo" ? place.id : "") === this.#photo && this.childElementCount > 0;
  }

  async show(place, signal) {
    const query = place.page === "photo" ? photoQuery(place.id) : null;
    if (place.page === "photo" && !query) return this.#photoIsGone();
    if (!this.results?.isConnected) this.#build(place, query);
    this.pageTitle = this.heading.textContent = headingOf(place);
    fill(this.results, cardOutlines(8));
    await this.#showFilters(place, signal);
    if (query) this.photo.mark(boxOf(place), true);
    try {
      const answer = await this.#ask(place, query, signal);
      noteAnswer(answer);
      if (query) this.photo.mark(boxOf(place) ?? answer.box, Boolean(boxOf(place)));
      this.#showResults(place, answer.results);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      this.said.textContent = "";
      fill(this.results, problem(error, () => this.show(place, signal)));
    }
  }

  #build(place, query) {
    this.#photo = query ? place.id : "";
    this.heading = el("h1", {});
    this.said = el("p", { className: "said", role: "status" });
    this.filters = el("div", { className: "filters-place" });
    this.results = el("div", { className: "results" });
    const list = el("div", { className: "results-side" }, el("div", { className: "results-head" }, this.heading, this.said), this.filters, this.results);
    if (!query) return fill(this, list);
    this.photo = el("sl-photo-box");
    this.photo.open(query, (box) => goTo("photo", query.id, { ...Object.fromEntries(this.place.parameters), box: box ? asText(box) : "" }));
    this.classList.add("by-photo");
    return fill(this, el("aside", { className: "photo-side" }, this.photo), list);
  }

  async #showFilters(place, signal) {
    this.place = place;
    const shop = await get("/v1/shop", {}, signal);
    const focused = this.filters.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    fill(this.filters, filterRow(place, shop.categories));
    if (focused) this.filters.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
  }

  #ask(place, query, signal) {
    const fields = { ...filterFields(place.parameters), limit: Number(place.parameters.get("n")) || PAGE };
    if (query) return searchByPhoto(query, { ...fields, box: place.parameters.get("box") ?? "" }, signal);
    const words = place.parameters.get("q");
    return words ? get("/v1/search", { q: words, ...fields }, signal) : post("/v1/recommend/for-you", fields, signal);
  }

  #showResults(place, results) {
    const limit = Number(place.parameters.get("n")) || PAGE;
    this.said.textContent = results.length ? count(results.length < limit ? "results.found" : "results.closest", results.length) : "";
    if (!results.length) return fill(this.results, this.#nothingFound(place));
    const more = results.length >= limit && limit < AT_MOST;
    return fill(
      this.results,
      cardGrid(results),
      more && el("p", { className: "more" }, el("button", { className: "button", type: "button", onclick: () => this.#more(place, limit) }, t("results.more"))),
    );
  }

  #more(place, limit) {
    goTo(place.page, place.id, { ...Object.fromEntries(place.parameters), n: limit + PAGE });
  }

  #nothingFound(place) {
    const filtered = isFiltered(place.parameters);
    const clear = filtered && el("a", { className: "button", href: addressOf(place.page, place.id, withoutFilters(place.parameters)) }, t("filter.clear"));
    const home = el("a", { className: "button", href: addressOf("home") }, t("results.browse"));
    return nothing(t("results.none"), t(filtered ? "results.none_filtered" : "results.none_advice"), clear || home);
  }

  #photoIsGone() {
    this.pageTitle = t("results.for_photo");
    const picker = photoPicker(el("span", { className: "button primary" }, t("home.pick")), t("home.pick"));
    fill(this, nothing(t("photo.gone"), t("photo.gone_advice"), picker));
  }
}

function headingOf(place) {
  const words = place.parameters.get("q");
  const category = place.parameters.get("category");
  if (place.page === "photo") return t("results.for_photo");
  if (words) return t("results.for_words", { words });
  return category ? categoryName(category) : t("results.everything");
}

function boxOf(place) {
  const [x0, y0, x1, y1] = (place.parameters.get("box") ?? "").split(",").map(Number);
  return x1 > x0 && y1 > y0 ? { x0, y0, x1, y1 } : null;
}

function asText(box) {
  return [box.x0, box.y0, box.x1, box.y1].map((value) => value.toFixed(3)).join(",");
}

customElements.define("sl-search-page", SearchPage);
