/** How often shoppers searched, and how often they found nothing. */

import { el } from "../../dom.js";
import { formatNumber, formatShare, language } from "../../i18n.js";
import { askShop } from "../calls.js";
import { count, t } from "../words.js";
import { card, figure } from "./card.js";
import { columnChart } from "./chart.js";

/** Days that are looked back on, today among them. */
export const DAYS = 28;

// A photo with words is a search by photo to a merchant; "more like this" is asked by neither.
const KINDS = [
  { name: "photo", of: ["photo", "both"], tone: "one" },
  { name: "words", of: ["words"], tone: "two" },
  { name: "products", of: ["products"], tone: "three" },
];

/** Return the beginning of the first day, by the reader's clock. */
export function firstDay() {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - DAYS + 1);
  return day;
}

/** Ask how often shoppers searched on each of the last days of the reader's clock. */
export function askSearches(signal) {
  return askShop("events/searches", { since: firstDay().toISOString(), utc_offset_minutes: -new Date().getTimezoneOffset() }, signal);
}

/** Return the card of what `askSearches` answered. */
export function searchesCard({ days: lines, log_answers: share }) {
  if (!lines.length) return card(t("searches.title"), el("p", { className: "soft" }, share ? count("searches.none", DAYS) : t("searches.off")));
  const days = lastDays();
  const sum = (kept, what = "searches") => lines.filter(kept).reduce((all, one) => all + one[what], 0);
  const all = sum(() => true);
  const kinds = KINDS.filter(({ of }) => sum((one) => of.includes(one.sought)) > 0).map(({ name, of, tone }) => ({ name: t(`searches.by.${name}`), of, tone, values: days.map((day) => Math.round(sum((one) => one.day === day && of.includes(one.sought)))) }));
  const missed = (kept) => (sum(kept) ? formatShare(sum(kept, "no_match") / sum(kept)) : "—");
  const rates = days.map((day) => (sum((one) => one.day === day) ? sum((one) => one.day === day, "no_match") / sum((one) => one.day === day) : null));
  return card(
    t("searches.title"),
    el("p", { className: "soft" }, count("searches.about", DAYS), share < 1 && ` ${t("searches.sample", { share: formatShare(share) })}`),
    el(
      "div", { className: "figures" },
      figure(t("searches.all"), formatNumber(Math.round(all))),
      figure(t("searches.with_photo"), formatShare(sum((one) => KINDS[0].of.includes(one.sought)) / all)),
      figure(t("searches.no_match"), missed(() => true)),
      figure(t("searches.no_match_photo"), missed((one) => KINDS[0].of.includes(one.sought))),
      figure(t("searches.no_match_words"), missed((one) => one.sought === "words")),
    ),
    el(
      "div", { className: "chart-pair" },
      columnChart({ title: t("searches.per_day"), said: `${t("searches.all")}: ${formatNumber(Math.round(all))}`, series: kinds, days, dayName, least: 4 }),
      columnChart({ title: t("searches.no_match_per_day"), said: `${t("searches.no_match")}: ${missed(() => true)}`, series: [{ name: t("searches.no_match"), values: rates, tone: "warning" }], days, dayName, shown: formatShare, least: 0.1 }),
    ),
  );
}

function lastDays() {
  return Array.from({ length: DAYS }, (_, at) => {
    const day = firstDay();
    day.setDate(day.getDate() + at);
    return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
  });
}

function dayName(day) {
  return new Intl.DateTimeFormat(language() === "zh" ? "zh-CN" : language(), { month: "short", day: "numeric", timeZone: "UTC" }).format(new Date(day));
}
