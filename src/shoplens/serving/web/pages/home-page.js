/** The shop's front page: `<sl-home-page>`. */

import { addressOf } from "../address.js";
import { get, post } from "../api.js";
import { el, fill, icon, tile } from "../dom.js";
import { categoryName, count, t } from "../i18n.js";
import { cardGrid, cardOutlines } from "../parts/product-card.js";
import { searchWithFile } from "../parts/photo-drop.js";
import { nothing } from "../parts/problem.js";
import { photoPicker } from "../parts/search-field.js";
import { noteAnswer, viewed } from "../visitor.js";

const SHOWN = 12;

class HomePage extends HTMLElement {
  follows() {
    return false;
  }

  async show(place, signal) {
    const seen = viewed().map((one) => one.id);
    // What stands above the products is drawn at once and whole, so that nothing moves later.
    const [names, shelves] = await Promise.all([get("/v1/examples", {}, signal), get("/v1/categories", {}, signal)]);
    const forYou = el("section", {}, el("h2", {}, t("home.loading")), cardOutlines(SHOWN));
    fill(this, hero(names), shelves.length > 0 && categories(shelves), forYou);
    const products = await post("/v1/recommend/for-you", { viewed: seen, limit: SHOWN }, signal);
    noteAnswer(products);
    const heading = el("h2", {}, seen.length ? t("home.for_you") : t("home.popular"));
    if (products.results.length) fill(forYou, heading, cardGrid(products.results));
    else fill(forYou, nothing(t("home.empty"), t("home.empty_advice"), el("code", {}, "shoplens import SOURCE")));
  }
}

function hero(names) {
  return el(
    "section", { className: "hero" },
    el(
      "div", { className: "hero-words" },
      el("h1", {}, t("home.title")),
      el("p", {}, t("home.subtitle")),
      photoPicker(el("span", { className: "button primary" }, icon("camera"), t("home.pick")), t("home.pick")),
      el("p", { className: "hint" }, t("home.or")),
    ),
    names.length > 0 && examples(names),
  );
}

function examples(names) {
  const search = async (name) => {
    const answer = await fetch(`/v1/examples/${encodeURIComponent(name)}`);
    await searchWithFile(await answer.blob());
  };
  return el(
    "div", { className: "examples" },
    el("p", { className: "hint" }, t("home.examples")),
    el(
      "div", { className: "examples-row" },
      names.slice(0, 6).map((name, at) =>
        el(
          "button", { type: "button", className: "example", "aria-label": t("home.example", { number: at + 1 }), onclick: () => search(name) },
          el("img", { src: `/v1/examples/${encodeURIComponent(name)}`, alt: "", width: 160, height: 160 }),
        ),
      ),
    ),
  );
}

function categories(shelves) {
  return el(
    "section", {},
    el("h2", {}, t("home.categories")),
    el(
      "ul", { className: "shelves" },
      shelves.map((shelf) =>
        el(
          "li", {},
          el(
            "a", { className: "shelf", href: addressOf("search", "", { category: shelf.path }) },
            tile(shelf.photo, "", 160),
            el("span", { className: "shelf-name", dir: "auto" }, categoryName(shelf.path)),
            el("span", { className: "shelf-count" }, count("home.products", shelf.products)),
          ),
        ),
      ),
    ),
  );
}

customElements.define("sl-home-page", HomePage);
