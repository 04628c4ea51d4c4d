/** The bar above every page, and the line below. */

import { addressOf, goTo } from "../address.js";
import { get } from "../api.js";
import { forgetBasket, pieces } from "../basket.js";
import { el, fill, icon } from "../dom.js";
import { LANGUAGES, count, formatNumber, language, rememberLanguage, t } from "../i18n.js";
import { forgetPhotos } from "../photo-query.js";
import { forgetVisitor } from "../visitor.js";
import { openDialog } from "./dialog.js";
import { problem } from "./problem.js";
import { searchField } from "./search-field.js";

/** Fill the bar; `restart` is called with the language that the reader switched to. */
export async function drawHeader(bar, restart) {
  const shop = await get("/v1/shop").catch(() => ({ name: "ShopLens" }));
  document.body.dataset.shop = shop.name;
  fill(
    bar,
    el(
      "div", { className: "bar-row" },
      el("a", { className: "brand", href: addressOf("home") }, el("img", { src: "/web/logo.svg", alt: "", width: 28, height: 28 }), el("span", { dir: "auto" }, shop.name)),
      searchField(),
      el(
        "nav", { className: "bar-links", "aria-label": t("nav.label") },
        el("a", { className: "quiet studio-link", href: "/studio" }, icon("table"), t("nav.studio")),
        basketLink(),
        languageSwitch(restart),
      ),
    ),
  );
}

/** Fill the line at the foot. */
export async function drawFooter(foot) {
  const shop = await get("/v1/shop").catch(() => null);
  fill(
    foot,
    el("p", {}, shop ? t("foot.counts", { products: formatNumber(shop.listings), photos: formatNumber(shop.photos) }) : ""),
    el(
      "p", {}, t("foot.private"), " ",
      el("button", { type: "button", className: "as-link", onclick: askToForget }, t("forget.open")), " · ",
      el("a", { href: "/studio" }, t("nav.studio")), " · ",
      el("a", { href: "/docs" }, t("foot.api")),
    ),
  );
}

function basketLink() {
  const number = el("span", { className: "basket-count", "aria-hidden": "true" });
  const link = el("a", { className: "quiet basket-link", href: addressOf("basket"), title: t("basket.title") }, icon("basket"), number);
  const follow = () => {
    number.textContent = formatNumber(pieces());
    number.hidden = pieces() === 0;
    link.setAttribute("aria-label", `${t("basket.title")}, ${count("basket.pieces", pieces())}`);
  };
  follow();
  const listening = new AbortController();
  addEventListener("sl-basket", () => (link.isConnected ? follow() : listening.abort()), { signal: listening.signal });
  return link;
}

function languageSwitch(restart) {
  const other = Object.keys(LANGUAGES).find((code) => code !== language());
  const change = async () => {
    rememberLanguage(other);
    await restart(other);
    document.querySelector("[data-language]").focus();
  };
  return el(
    "button", { className: "quiet", type: "button", lang: other, "data-language": other, onclick: change },
    LANGUAGES[other],
  );
}

function askToForget() {
  const words = el("div", {}, el("h2", {}, t("forget.title")), el("p", {}, t("forget.words")));
  const forget = async () => {
    try {
      await forgetVisitor();
      forgetPhotos();
      forgetBasket();
      fill(words, el("div", { role: "status" }, el("h2", {}, t("forget.done")), el("p", {}, t("forget.done_words"))));
      // What stood behind the box came from what is forgotten.
      dialog.addEventListener("close", () => goTo("home"));
    } catch (error) {
      fill(words, problem(error, forget));
    }
  };
  words.append(el("button", { type: "button", className: "button primary", onclick: forget }, t("forget.now")));
  const dialog = openDialog(t("forget.title"), words);
}
