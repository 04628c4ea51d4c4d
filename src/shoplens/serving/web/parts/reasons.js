/** Why a product is shown, in words. */

import { formatNumber, has, named, t } from "../i18n.js";
import { viewed } from "../visitor.js";
import { colorName } from "./color.js";

const AT_MOST = 2;

/** Return the first reasons as one line. */
export function reasonsInWords(reasons) {
  return everyReason(reasons).slice(0, AT_MOST).join(" · ");
}

/** Return every reason that there are words for. */
export function everyReason(reasons) {
  return reasons.map(words).filter(Boolean);
}

function words({ code, value }) {
  if (code === "because_you_viewed") {
    const seen = viewed().find((one) => one.id === value);
    return seen ? t("reason.because_you_viewed", { title: seen.title }) : t("reason.because_you_viewed_something");
  }
  if (code === "color_harmony") return named("reason.color_harmony", value);
  if (!has(`reason.${code}`)) return "";
  const said = t(`reason.${code}`, { value: /^\d+$/.test(value) ? formatNumber(Number(value)) : value });
  return code.endsWith("_color") && value ? t("reason.which", { reason: said, value: colorName(value) }) : said;
}
