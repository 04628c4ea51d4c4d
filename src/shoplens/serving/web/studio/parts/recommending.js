/** What the shop wants of its recommendations: rules, and looks put together by hand. */

import { addressOf } from "../../address.js";
import { el, fill, tile } from "../../dom.js";
import { categoryPath, formatNumber } from "../../i18n.js";
import { ask, patch, remove, send } from "../calls.js";
import { listed, t } from "../words.js";
import { card } from "./card.js";
import { openLook, openRule } from "./rule-form.js";
import { symbol } from "./symbol.js";
import { say, sayError } from "./toast.js";
import { empty } from "./trouble.js";

const AT = "recommending";
const TONES = { pin: "good", boost: "good", bury: "warning", block: "error", forbid: "error" };

/** Return the cards of rules and looks. */
export async function recommending(signal) {
  const place = el("div", { className: "packs" });
  draw(place, await ask(AT, {}, signal));
  return place;
}

function draw(place, seen) {
  // Every change is answered with all that there is then.
  const changed = async (asked, told, undo) => {
    const now = await asked;
    draw(place, now);
    say(t(told), undo && { undo: () => changed(undo(), "rule.back").catch(sayError) });
  };
  const taken = seen.looks.map(({ name }) => name);
  const add = () => openRule(seen, null, (rule) => changed(send(`${AT}/rules`, rule), "rule.saved"));
  const bring = () => openLook(null, taken, (look) => changed(patch(`${AT}/looks`, look, "PUT"), "look.saved"));
  fill(
    place,
    card(
      t("rule.title"), el("p", { className: "soft" }, t("rule.about")),
      seen.rules.length ? el("ol", { className: "feeds" }, seen.rules.map((rule) => ruleLine(rule, seen, changed))) : empty("rules", t("rule.none"), t("rule.none_advice")),
      el("div", { className: "actions" }, el("button", { className: "btn primary", type: "button", onclick: add }, symbol("plus"), t("rule.new"))),
    ),
    card(
      t("look.title"), el("p", { className: "soft" }, t("look.about")),
      seen.looks.length > 0 && el("ul", { className: "feeds" }, seen.looks.map((look) => lookLine(look, taken, changed))),
      el("div", { className: "actions" }, el("button", { className: "btn", type: "button", onclick: bring }, symbol("plus"), t("look.new"))),
    ),
  );
}

function ruleLine(rule, seen, changed) {
  const { revision } = seen;
  const name = `${t(`act.${rule.action}`)} ${what(rule)}`.trim();
  const edit = () => openRule(seen, rule, (said) => changed(patch(`${AT}/rules/${rule.number}`, { ...said, revision }, "PUT"), "rule.saved"));
  const drop = () => changed(remove(`${AT}/rules/${rule.number}`, { revision }), "rule.removed", () => send(`${AT}/rules`, again(rule))).catch(sayError);
  return el(
    "li", { className: "feed" },
    el(
      "div", { className: "feed-words" },
      el("span", { className: "rule-what" }, el("span", { className: `chip ${TONES[rule.action] ?? "info"}` }, t(`act.${rule.action}`)), el("strong", { dir: "auto" }, what(rule))),
      el("small", {}, rule.holds_in.length === seen.placements.length ? t("rule.everywhere") : listed(rule.holds_in.map((one) => t(`placement.${one}`)))),
      rule.note && el("small", { dir: "auto" }, rule.note),
      rule.unknown.length > 0 && el("p", { className: "note warning" }, symbol("alert"), t("rule.unknown", { products: listed(rule.unknown) })),
    ),
    buttons(name, edit, drop),
  );
}

function lookLine(look, taken, changed) {
  const edit = () => openLook(look, taken, (said) => changed(patch(`${AT}/looks`, said, "PUT"), "look.saved"));
  const drop = () => changed(remove(`${AT}/looks`, { name: look.name }), "look.removed", () => patch(`${AT}/looks`, { name: look.name, products: look.products.map(({ id }) => id) }, "PUT")).catch(sayError);
  const lost = look.products.filter(({ known }) => !known).map(({ id }) => id);
  return el(
    "li", { className: "feed" },
    el(
      "div", { className: "feed-words" },
      el("strong", { dir: "auto" }, look.name),
      el("div", { className: "look-products" }, look.products.filter(({ known }) => known).map((one) => el("a", { href: addressOf("product", one.id), title: one.title, "aria-label": one.title || one.id }, tile(one.photo, "", 160)))),
      lost.length > 0 && el("p", { className: "note warning" }, symbol("alert"), t("rule.unknown", { products: listed(lost) })),
    ),
    buttons(look.name, edit, drop),
  );
}

function buttons(name, edit, drop) {
  const one = (sign, words, work) => el("button", { className: "btn small", type: "button", onclick: work, "aria-label": t("feed.act", { act: words, name }) }, symbol(sign), words);
  return el("div", { className: "actions" }, one("settings", t("rule.edit"), edit), one("close", t("rule.remove"), drop));
}

function what(rule) {
  const parts = [...rule.products, rule.category && categoryPath(rule.category), rule.brand, rule.tag && `#${rule.tag}`].filter(Boolean);
  if (rule.beside) return t("rule.pair", { one: categoryPath(rule.category), other: categoryPath(rule.beside) });
  if (rule.action === "boost") parts.push(`× ${formatNumber(rule.factor)}`);
  if (rule.action === "price-band") parts.push(t("rule.band", { low: formatNumber(rule.low), high: formatNumber(rule.high) }));
  return parts.join(" · ");
}

function again({ action, placements, products, category, brand, tag, beside, factor, low, high, note }) {
  return { action, placements, products, category, brand, tag, beside, factor, low, high, note };
}
