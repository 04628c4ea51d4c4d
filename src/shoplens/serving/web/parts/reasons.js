/** Why a product is shown, in words. */

import { formatNumber, has, named, t } from "../i18n.js";
import { viewed } from "../visitor.js";

const AT_MOST = 2;

/** Return the first reasons as one line. */
export function reasonsInWords(reasons) {
  return reasons.map(words).filter(Boolean).slice(0, AT_MOST).join(" · ");
}

function words({ code, value }) {
  if (code === "because_you_viewed") {
    const seen = viewed().find((one) => one.id === value);
    return seen ? t("reason.because_you_viewed", { title: seen.title }) : t("reason.because_you_viewed_something");
  }
  if (code === "color_harmony") return named("reason.color_harmony", value);
  const number = /^\d+$/.test(value) ? formatNumber(Number(value)) : value;
  return has(`reason.${code}`) ? t(`reason.${code}`, { value: number }) : "";
}
