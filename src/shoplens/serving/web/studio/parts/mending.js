/** What can be mended safely: tried first, then done, shown before and after, and taken back. */

import { el, fill, photoUrl } from "../../dom.js";
import { findingText } from "../../i18n.js";
import { ask, sendShop } from "../calls.js";
import { called, count, t } from "../words.js";
import { openSheet } from "./sheet.js";
import { symbol } from "./symbol.js";
import { say, sayError } from "./toast.js";

/** Fill the place with what was mended of a product, and the way to mend; `changed` is called after either. */
export async function drawMending(place, product, mendable, changed) {
  const fixes = await ask("fixes", { product });
  const undo = async () => {
    await sendShop("inspect/undo", { products: [product] }).catch(sayError);
    await changed();
  };
  const mend = async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    await propose(product, changed).catch(sayError);
    button.disabled = false;
  };
  fill(
    place,
    fixes.map(pair),
    el(
      "div", { className: "actions" },
      mendable && el("button", { className: "btn", type: "button", onclick: mend }, symbol("check"), t("mend.look")),
      fixes.length > 0 && el("button", { className: "btn", type: "button", onclick: undo }, symbol("undo"), t("mend.undo")),
    ),
  );
}

function pair(fix) {
  const side = (sha256, name) => el("figure", {}, el("img", { src: photoUrl(sha256, 640), alt: t(`mend.${name}`), decoding: "async" }), el("figcaption", {}, t(`mend.${name}`)));
  return el("div", { className: "before-after" }, el("div", { className: "sides" }, side(fix.original, "before"), side(fix.fixed, "after")), el("ul", { className: "chips" }, fix.steps.map(stepChip)));
}

function stepChip([name, code]) {
  return el("li", { className: "chip good", title: findingText(code).title }, called("fix", name));
}

function sizeChip({ size, fixed_size: after }) {
  return size.join() !== after.join() && el("li", { className: "chip" }, `${size.join(" × ")} → ${after.join(" × ")}`);
}

async function propose(product, changed) {
  const tried = await sendShop("inspect/fix", { products: [product], dry_run: true });
  const able = tried.photos.filter((one) => one.changed);
  const refused = tried.photos.flatMap((one) => one.refused);
  const why = refused.length > 0 && el("ul", { className: "refusals" }, refused.map((one) => el("li", {}, el("strong", {}, one.fix ? called("fix", one.fix) : findingText(one.code).title), " ", one.reason)));
  if (!able.length) {
    say([t("mend.nothing"), ...new Set(refused.map((one) => one.reason))].join(" "), { tone: "bad" });
    return;
  }
  const done = async () => {
    await sendShop("inspect/fix", { products: [product] });
    await changed();
    say(t("mend.done"));
  };
  openSheet({ title: t("mend.title"), about: count("mend.about", able.length), content: [el("ul", { className: "chips" }, able.flatMap((one) => [...one.steps.map(stepChip), sizeChip(one)])), why], action: t("mend.go"), done });
}
