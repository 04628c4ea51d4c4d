/** The bar above every page, and the line below. */

import { addressOf } from "../address.js";
import { get } from "../api.js";
import { el, fill, icon } from "../dom.js";
import { LANGUAGES, formatNumber, language, rememberLanguage, t } from "../i18n.js";
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
        el("a", { className: "quiet", href: addressOf("catalogue"), "aria-label": t("nav.catalogue"), title: t("nav.catalogue") }, icon("table"), el("span", {}, t("nav.catalogue"))),
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
    el("p", {}, t("foot.private"), " ", el("a", { href: "/docs" }, t("foot.api"))),
  );
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
