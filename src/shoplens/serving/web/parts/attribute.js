/** What attributes and their values are called. What a shop says in its own words is shown as it was given. */

import { has, t } from "../i18n.js";
import { colorName } from "./color.js";

/** Attributes whose values are the shop's own words, whatever they say. */
const OWN = /^custom_label_(\d)$/;

/** Return an attribute's name: translated where it is a usual one, else as the shop wrote it. */
export function attributeName(name) {
  const own = OWN.exec(name);
  if (own) return t("attribute.custom_label", { number: own[1] });
  const key = `attribute.${name.trim().toLowerCase().replace(/[\s-]+/g, "_")}`;
  return has(key) ? t(key) : name;
}

/** Return an attribute's value: translated where it is a usual one, else as the shop wrote it. */
export function attributeValue(name, value) {
  if (OWN.test(name)) return value;
  if (name === "color") return colorName(value);
  const key = `value.${value.trim().toLowerCase()}`;
  return has(key) ? t(key) : value;
}
