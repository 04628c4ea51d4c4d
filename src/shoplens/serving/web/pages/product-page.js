/** One product: `<sl-product-page>`. */

import { addressOf } from "../address.js";
import { get, productPath } from "../api.js";
import { putIn } from "../basket.js";
import { el, fill, icon, photoUrl, tile } from "../dom.js";
import { categoryPath, t } from "../i18n.js";
import { attributeName, attributeValue } from "../parts/attribute.js";
import { availabilityOf, cardGrid, cardOutlines, priceOf, row } from "../parts/product-card.js";
import { colorDot, colorName } from "../parts/color.js";
import { isForSale } from "../parts/shop-link.js";
import { variantChoices } from "../parts/variants.js";
import { completeTheLook, goesWith, similarTo } from "../placements.js";
import { noteAnswer, noteView } from "../visitor.js";

const NOT_FOR_SHOPPERS = /^(gtin|mpn|color|size|custom_label_\d|condition|identifier_exists)$/;

class ProductPage extends HTMLElement {
  follows() {
    return false;
  }

  async show(place, signal) {
    fill(this, outline());
    const page = await get(productPath(place.id, "page"), {}, signal);
    const { product } = page;
    this.pageTitle = product.title;
    const below = el("div", {}, row(t("product.complete_the_look"), cardOutlines(6)), row(t("product.goes_with"), cardOutlines(6)), row(t("product.similar"), cardOutlines(6)));
    fill(
      this,
      crumbs(product),
      el("div", { className: "product" }, gallery(page), facts(page)),
      below,
    );
    signal.throwIfAborted();
    noteView(product);
    const rows = await Promise.all([
      followed(t("product.complete_the_look"), completeTheLook(product.id, 6, signal)),
      followed(t("product.goes_with"), goesWith(product.id, 6, signal)),
      followed(t("product.similar"), similarTo(product.id, 12, signal)),
    ]);
    // All at once: a row that came alone would push down what the reader looks at.
    fill(below, rows);
  }
}

function outline() {
  return el(
    "div", { className: "product outline", "aria-hidden": "true" },
    el("div", { className: "gallery" }, el("span", { className: "tile" })),
    el("div", { className: "facts" }, el("span"), el("span"), el("span")),
  );
}

function crumbs(product) {
  const parts = product.category ? product.category.split(" > ") : [];
  const links = parts.map((part, at) =>
    el("li", {}, el("a", { dir: "auto", href: addressOf("search", "", { category: parts.slice(0, at + 1).join(" > ") }) }, categoryPath(part))),
  );
  return el(
    "nav", { className: "crumbs", "aria-label": t("product.crumbs") },
    el("ol", {}, el("li", {}, el("a", { href: addressOf("home") }, t("product.home"))), links),
  );
}

function gallery({ product, photos }) {
  const big = tile(photos[0]?.sha256 ?? "", product.title, 640, true);
  const image = big.querySelector("img");
  if (image) image.srcset = srcset(photos[0].sha256);
  const choose = (photo, button) => {
    image.src = photoUrl(photo.sha256, 640);
    image.srcset = srcset(photo.sha256);
    for (const other of button.parentElement.children) other.removeAttribute("aria-current");
    button.setAttribute("aria-current", "true");
  };
  const thumbs = photos.map((photo, at) =>
    el(
      "button", { type: "button", "aria-label": t("product.photo", { number: at + 1 }), "aria-current": at === 0 ? "true" : false, onclick: (event) => choose(photo, event.currentTarget) },
      tile(photo.sha256, "", 160),
    ),
  );
  return el("div", { className: "gallery" }, big, photos.length > 1 && el("div", { className: "thumbs" }, thumbs));
}

function srcset(sha256) {
  return `${photoUrl(sha256, 640)} 1x, ${photoUrl(sha256, 1280)} 2x`;
}

function facts(page) {
  const { product } = page;
  return el(
    "div", { className: "facts" },
    product.brand && el("p", { className: "brand-name", dir: "auto" }, product.brand),
    el("h1", { dir: "auto" }, product.title),
    el("p", { className: "price" }, priceOf(product), availabilityOf(product) ?? el("span", { className: "stock in_stock" }, t("availability.in_stock"))),
    variantChoices(page),
    ways(product),
    page.description && el("p", { className: "description", dir: "auto" }, page.description),
    attributes(product),
    tags(page),
    el("p", { className: "to-studio" }, el("a", { href: `/studio${addressOf("product", product.id)}` }, t("product.in_studio"))),
  );
}

/** What can be done with the product: put into the basket, look for more like it, go where it is sold. */
function ways(product) {
  const said = el("span", { className: "unseen", role: "status" });
  const put = (event) => {
    putIn(product.id);
    said.textContent = t("product.is_in_basket");
    fill(event.currentTarget, icon("check"), t("product.is_in_basket"));
  };
  return el(
    "p", { className: "ways" },
    product.availability !== "out_of_stock" && el("button", { type: "button", className: "button primary", onclick: put }, icon("basket"), t("product.to_basket")),
    el("a", { className: "button", href: addressOf("search", "", { like: product.id }) }, icon("search"), t("product.more_like")),
    isForSale(product) && el("a", { className: "button", href: product.link, rel: "noopener noreferrer" }, t("product.to_shop")),
    said,
  );
}

function attributes(product) {
  const rows = Object.entries(product.attributes).filter(([name]) => !NOT_FOR_SHOPPERS.test(name));
  return el(
    "dl", { className: "attributes" },
    rows.map(([name, text]) => [el("dt", { dir: "auto" }, attributeName(name)), el("dd", { dir: "auto" }, attributeValue(name, text))]),
    el("dt", {}, t("product.id")), el("dd", { dir: "auto" }, product.id),
  );
}

function tags({ product, labels }) {
  const colors = labels.filter((label) => label.kind === "color");
  const links = [
    ...colors.map((label) => el("a", { className: "tag", href: addressOf("search", "", { q: label.value }) }, colorDot(label.value), colorName(label.value))),
    ...product.tags.map((tag) => el("a", { className: "tag", dir: "auto", href: addressOf("search", "", { q: tag }) }, tag)),
  ];
  return links.length ? el("p", { className: "tags" }, links) : null;
}

async function followed(heading, answer) {
  try {
    const matches = await answer;
    noteAnswer(matches);
    return matches.results.length ? row(heading, cardGrid(matches.results)) : null;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return row(heading, el("p", { className: "hint", role: "alert" }, t("product.row_failed")));
  }
}

customElements.define("sl-product-page", ProductPage);
