/** What is around every page: where one is, and where one can go. */

import { addressOf } from "../../address.js";
import { el, fill } from "../../dom.js";
import { LANGUAGES, language, rememberLanguage } from "../../i18n.js";
import { ask, askShop } from "../calls.js";
import { t } from "../words.js";
import { showKeys } from "./shortcuts.js";
import { symbol } from "./symbol.js";

export const PLACES = ["home", "import", "catalogue", "review", "train", "rules", "settings"];

/** Fill the frame; `restart` is called with the language that the reader switched to. */
export async function drawFrame(side, restart) {
  const shop = await askShop("shop").catch(() => ({ name: "ShopLens" }));
  const other = Object.keys(LANGUAGES).find((code) => code !== language());
  const change = async () => {
    rememberLanguage(other);
    await restart(other);
    document.querySelector("[data-language]").focus();
  };
  fill(
    side,
    el(
      "div", { className: "side-head" },
      el("a", { className: "side-brand", href: addressOf("home") }, el("img", { src: "/web/logo.svg", alt: "", width: 26, height: 26 }), el("span", { dir: "auto" }, shop.name)),
    ),
    el(
      "nav", { className: "side-places", "aria-label": t("nav.label") },
      el("ul", {}, PLACES.map((name) => el("li", {}, el("a", { href: addressOf(name), "data-place": name }, symbol(name), el("span", {}, t(`nav.${name}`)), name === "review" && el("span", { className: "side-count", id: "open-count", hidden: true }))))),
    ),
    el(
      "div", { className: "side-foot" },
      el("a", { className: "side-more", href: "/" }, symbol("shop"), el("span", {}, t("nav.shop"))),
      el("button", { className: "side-more", type: "button", onclick: showKeys, "aria-label": t("keys.title") }, symbol("keyboard"), el("span", {}, t("nav.keys"))),
      el("button", { className: "side-more", type: "button", lang: other, "data-language": other, onclick: change }, el("span", { className: "side-language", "aria-hidden": "true" }, other === "zh" ? "中" : "En"), el("span", {}, LANGUAGES[other])),
    ),
  );
  ask("overview").then((seen) => showOpen(seen.open_questions)).catch(() => {});
}

/** Say where the reader is. */
export function markPlace(name) {
  for (const link of document.querySelectorAll("[data-place]")) {
    if (link.dataset.place === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** Show how many questions are open. */
export function showOpen(open) {
  const badge = document.getElementById("open-count");
  if (!badge) return;
  const total = open ? Object.values(open).reduce((sum, number) => sum + number, 0) : 0;
  badge.hidden = !total;
  badge.textContent = total > 999 ? "999+" : String(total);
  badge.setAttribute("aria-label", t("review.open", { count: total }));
}
