/** The studio's own words, and dates and sizes as the reader's language writes them. */

import { formatNumber, language, useLanguage } from "../i18n.js";

let words = {};

/** Load the shared messages and the studio's own. */
export async function useWords(code) {
  await useLanguage(code);
  words = await (await fetch(`/web/studio/messages/${code}.json`)).json();
}

/** Return whether there is a message. */
export function has(key) {
  return key in words;
}

/** Return a message with its {places} filled. */
export function t(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** Return the message of the count's plural form. */
export function count(key, number, values = {}) {
  const form = new Intl.PluralRules(language()).select(number);
  return t(has(`${key}.${form}`) ? `${key}.${form}` : `${key}.other`, { ...values, count: formatNumber(number) });
}

/** Return what a code is called, or the code as words where nobody translated it. */
export function called(group, code) {
  return has(`${group}.${code}`) ? t(`${group}.${code}`) : String(code).replaceAll("_", " ");
}

/** Return names as one list, as the reader's language writes it. */
export function listed(names) {
  return new Intl.ListFormat(language(), { type: "conjunction" }).format(names);
}

/** Return a moment (ISO 8601) in the reader's time. */
export function moment(iso) {
  return iso ? new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso)) : "";
}

/** Return how long ago a moment was, in the largest whole unit. */
export function ago(iso) {
  const seconds = (new Date(iso) - Date.now()) / 1000;
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? units.at(-1);
  return new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** Return a duration in seconds in one or two units. */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [["hour", Math.floor(whole / 3600)], ["minute", Math.floor(whole / 60) % 60], ["second", whole % 60]];
  const first = parts.findIndex(([, number]) => number > 0);
  const shown = first < 0 ? [["second", 0]] : parts.slice(first, first + 2).filter(([, number]) => number > 0);
  return shown.map(([unit, number]) => formatNumber(number, { style: "unit", unit, unitDisplay: "short" })).join(" ");
}

/** Return a size in bytes. */
export function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const power = Math.min(3, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return formatNumber(bytes / 1000 ** power, { style: "unit", unit: units[power], unitDisplay: "short", maximumFractionDigits: power ? 1 : 0 });
}
