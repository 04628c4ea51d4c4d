/** The shop's front page: `<sl-home-page>`. */

import { addressOf, goTo } from "../address.js";
import { get } from "../api.js";
import { el, fill, icon, tile } from "../dom.js";
import { categoryName, count, t } from "../i18n.js";
import { exampleId } from "../photo-query.js";
import { cardGrid, cardOutlines, row } from "../parts/product-card.js";
import { nothing, problem } from "../parts/problem.js";
import { cameraButton, photoPicker } from "../parts/search-field.js";
import { forShopper, trending } from "../placements.js";
import { noteAnswer, viewed } from "../visitor.js";

const SHOWN = 12;
const RECENT = 6;

class HomePage extends HTMLElement {
  follows() {
    return false;
  }

  async show(place, signal) {
    const seen = viewed();
    // What stands above the products is drawn at once and whole, so that nothing moves later.
    const [names, shelves] = await Promise.all([get("/v1/examples", {}, signal), get("/v1/categories", {}, signal)]);
    const rows = el("div", {}, seen.length > 0 && row(t("home.loading"), cardOutlines(RECENT)), row(t("home.loading"), cardOutlines(SHOWN)));
    fill(this, hero(names), shelves.length > 0 && categories(shelves), rows);
    const [forYou, rising] = await Promise.all([
      seen.length > 0 && products(t("home.for_you"), forShopper(seen.map(({ id }) => id), RECENT, signal)),
      products(t("home.popular"), trending(SHOWN, signal)),
    ]);
    const recent = seen.length > 0 && row(t("home.recent"), cardGrid(seen.toReversed().slice(0, RECENT).map((product) => ({ product, photo: product.photo }))));
    if (forYou || rising) fill(rows, forYou, rising, recent);
    else fill(rows, nothing(t("home.empty"), t("home.empty_advice"), el("code", {}, "shoplens import SOURCE")));
  }
}

/** Return a row of what is recommended, or nothing where there is nothing. One row that fails leaves the others. */
async function products(heading, asked) {
  try {
    const answer = await asked;
    noteAnswer(answer);
    return answer.results.length > 0 && row(heading, cardGrid(answer.results));
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return row(heading, problem(error));
  }
}

function hero(names) {
  return el(
    "section", { className: "hero" },
    el(
      "div", { className: "hero-words" },
      el("h1", {}, t("home.title")),
      el("p", {}, t("home.subtitle")),
      el(
        "div", { className: "hero-ways" },
        cameraButton(),
        photoPicker(el("span", { className: "button primary" }, icon("image"), t("home.pick")), t("home.pick")),
      ),
      el("p", { className: "hint for-mice" }, t("home.or")),
    ),
    names.length > 0 && examples(names),
  );
}

function examples(names) {
  return el(
    "div", { className: "examples" },
    el("p", { className: "hint" }, t("home.examples")),
    el(
      "div", { className: "examples-row" },
      names.slice(0, 6).map((name, at) =>
        el(
          "button", { type: "button", className: "example", "aria-label": t("home.example", { number: at + 1 }), onclick: () => goTo("photo", exampleId(name)) },
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
