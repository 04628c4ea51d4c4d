/** Words, numbers and prices in the reader's language. */

import { get } from "./api.js";
import { priceText } from "./price.js";

export const LANGUAGES = { en: "English", zh: "中文" };
const REMEMBERED = "shoplens.language";

let messages = {};
let findings = {};
let locale = "en";
/** Formatters by what they are for: making one takes longer than using it a hundred times. */
const formatters = new Map();

/** Return the language that was chosen before, else the browser's first one that there are messages for. */
export function preferredLanguage() {
  const wished = [localStorage.getItem(REMEMBERED), ...navigator.languages].filter(Boolean);
  return wished.map((tag) => tag.toLowerCase().split("-")[0]).find((tag) => tag in LANGUAGES) ?? "en";
}

/** Load a language's messages and make it the page's own. */
export async function useLanguage(language) {
  // The shop's own texts come behind its API key, which may not be there yet.
  [messages, findings] = await Promise.all([
    fetch(`/web/messages/${language}.json`).then((answer) => answer.json()),
    get("/v1/findings/texts", { lang: language }).catch(() => ({})),
  ]);
  locale = language === "zh" ? "zh-CN" : navigator.languages.find((tag) => tag.startsWith("en")) ?? "en";
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

/** Keep the choice for the next visit. */
export function rememberLanguage(language) {
  localStorage.setItem(REMEMBERED, language);
}

/** Return the language in use: "en" or "zh". */
export function language() {
  return locale.split("-")[0];
}

/** Return whether there is a message. */
export function has(key) {
  return key in messages;
}

/** Return a message with its {places} filled; a missing one shows its key, which a test forbids. */
export function t(key, values = {}) {
  return (messages[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** Return the message of the count's plural form. */
export function count(key, number, values = {}) {
  const form = new Intl.PluralRules(locale).select(number);
  return t(has(`${key}.${form}`) ? `${key}.${form}` : `${key}.other`, { ...values, count: formatNumber(number) });
}

/** Return a number as the language writes it. */
export function formatNumber(number, options = {}) {
  const key = JSON.stringify([locale, options]);
  if (!formatters.has(key)) formatters.set(key, new Intl.NumberFormat(locale, options));
  return formatters.get(key).format(number);
}

/** Return a share from 0 to 1 as whole percents. */
export function formatShare(share) {
  return formatNumber(share, { style: "percent", maximumFractionDigits: 0 });
}

/** Return a price; the amount is a decimal text and is not rounded on the way. */
export function formatPrice(price, options = {}) {
  return priceText(price, locale, options);
}

/** Return what a code such as "same_color" is called, or the code as words where nobody translated it. */
export function named(group, code) {
  const key = `${group}.${code.toLowerCase()}`;
  return has(key) ? t(key) : code.replaceAll("_", " ");
}

/** Return the last part of a category path, translated where it is a usual one. */
export function categoryName(path) {
  return named("category", path.split(" > ").at(-1));
}

/** Return a whole category path. */
export function categoryPath(path) {
  return path.split(" > ").map((part) => named("category", part)).join(" › ");
}

/** Return a finding's title and what to do about it. */
export function findingText(code) {
  return findings[code.startsWith("url_status_") ? "url_status" : code] ?? { title: code.replaceAll("_", " "), help: "" };
}
