/** Why a product was found: the photo with what speaks for the product bright in it, beside the product's photo. */

import { el, fill, tile } from "../dom.js";
import { formatShare, named, t } from "../i18n.js";
import { whyMatch } from "../photo-query.js";
import { openDialog } from "./dialog.js";
import { problem } from "./problem.js";
import { everyReason } from "./reasons.js";

/** Show why the match was found for the photo of the query, or for the part of it in the box. */
export async function showWhy(query, match, box) {
  const pictures = el("div", { className: "why-pictures" }, el("span", { className: "tile outline" }, el("span")), tile(match.photo, ""));
  const words = el("div", { className: "why-words", "aria-live": "polite" }, el("p", { className: "hint" }, t("why.looking")));
  const heading = el("h2", { dir: "auto" }, match.product.title);
  const dialog = openDialog(t("why.title"), el("p", { className: "hint" }, t("why.title")), heading, pictures, words);
  try {
    const told = await whyMatch(query, match.product.id, box, dialog.signal);
    const heat = el("img", { src: `data:image/webp;base64,${told.picture}`, alt: t("why.heat"), width: told.width, height: told.height });
    fill(pictures, el("figure", {}, heat, el("figcaption", {}, t("why.heat"))), el("figure", {}, tile(told.match.photo, "", 640), el("figcaption", {}, t("why.product"))));
    fill(words, sureness(told.match), el("ul", { className: "why-reasons" }, everyReason(told.match.reasons).map((one) => el("li", {}, one))));
  } catch (error) {
    if (error.name !== "AbortError") fill(words, problem(error));
  }
}

function sureness({ relation, same_product: product, same_kind: kind }) {
  if (!relation) return null;
  const share = relation === "exact" ? product : kind;
  const words = share === null ? "" : t(relation === "exact" ? "why.same_product" : "why.same_kind", { share: formatShare(share) });
  return el("p", {}, el("span", { className: `mark mark-${relation}` }, named("relation", relation)), " ", words);
}
