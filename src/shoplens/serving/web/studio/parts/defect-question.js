/** A photo that a product line calls defect, beside the heat map that shows where. */

import { el, place } from "../../dom.js";
import { formatNumber } from "../../i18n.js";
import { moment, t } from "../words.js";
import { symbol } from "./symbol.js";

/** Return the question; `answer` is called with "defect", "good" or "unsure". */
export function defectQuestion({ line, sha256, name, score, threshold, box, seen_at: seen }, answer) {
  const at = `/v1/studio/lines/${encodeURIComponent(line)}/photos/${sha256}`;
  const mark = box && place(el("span", { className: "mark error" }), box);
  const side = (words, src, ...over) => el("figure", {}, el("span", { className: "marked" }, el("img", { src, alt: words, decoding: "async" }), over), el("figcaption", {}, words));
  const say = (said, words, key, sign, primary) => el("button", { className: `btn${primary ? " primary" : ""}`, type: "button", onclick: () => answer(said) }, sign && symbol(sign), words, el("kbd", {}, key));
  return el(
    "div", { className: "pair-question" },
    el("div", { className: "sides defect" }, side(t("defect.photo"), at, mark), side(t("defect.heat"), `${at}?heat=true`)),
    el("h2", {}, t("defect.question", { line })),
    el("p", { className: "soft" }, [name, t("defect.score", { score: formatNumber(score, { maximumFractionDigits: 2 }), threshold: formatNumber(threshold, { maximumFractionDigits: 2 }) }), moment(seen)].filter(Boolean).join(" · ")),
    el("div", { className: "actions" }, say("defect", t("defect.real"), "y", "alert", true), say("good", t("defect.good"), "n", "check", false), say("unsure", t("review.unsure"), "u", "", false)),
  );
}
