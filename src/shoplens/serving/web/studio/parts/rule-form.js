/** Forms for a rule of recommendations and for a look. */

import { el } from "../../dom.js";
import { t } from "../words.js";
import { field } from "./card.js";
import { categoryInput } from "./category-input.js";
import { openSheet } from "./sheet.js";

/** Open the form of a rule, new or there already; `send` gets what it says, and throws what is wrong with it. */
export function openRule(known, rule, send) {
  const now = rule ?? { action: "pin", placements: [], products: [], category: "", brand: "", tag: "", beside: "", factor: 2, low: 0.5, high: 2, note: "" };
  const action = el("select", { id: "rule-action" }, known.actions.map(({ name }) => el("option", { value: name, selected: name === now.action }, t(`act.${name}`))));
  const about = el("p", { className: "soft", id: "rule-about" });
  const text = (value, more = {}) => el("input", { type: "text", dir: "auto", value, maxlength: 300, ...more });
  const number = (value, least) => el("input", { type: "number", value, min: least, step: "any", required: true });
  const fields = {
    products: text(now.products.join(", "), { maxlength: 4000 }), category: categoryInput(now.category), brand: text(now.brand), tag: text(now.tag),
    beside: categoryInput(now.beside), factor: number(now.factor, 1), low: number(now.low, 0), high: number(now.high, 0), note: text(now.note, { maxlength: 1000 }),
  };
  const lines = Object.fromEntries(Object.entries(fields).map(([name, input]) => [name, field(t(`rule.${name}`), input, ["products", "factor", "low", "note"].includes(name) ? t(`rule.${name}_hint`) : "")]));
  const places = known.placements.map((name) => el("label", { className: "switch" }, el("input", { type: "checkbox", value: name, checked: now.placements.includes(name) }), el("span", {}, t(`placement.${name}`))));
  const used = () => {
    const { about: kind } = known.actions.find(({ name }) => name === action.value);
    const named = { products: ["products", "category", "brand", "tag"], pairs: ["category", "beside"], neither: [] }[kind];
    return { kind, names: [...named, ...({ boost: ["factor"], "price-band": ["low", "high"] }[action.value] ?? []), "note"] };
  };
  const check = () => {
    const { kind, names } = used();
    about.textContent = t(`act.${action.value}.about`);
    for (const [name, line] of Object.entries(lines)) {
      line.hidden = !names.includes(name);
      fields[name].disabled = line.hidden;
      fields[name].setCustomValidity("");
    }
    fields.category.required = kind === "pairs";
    fields.beside.required = kind === "pairs";
    if (kind === "products" && !["products", "category", "brand", "tag"].some((name) => fields[name].value.trim())) fields.products.setCustomValidity(t("rule.say_what"));
    if (Number(fields.factor.value) <= 1) fields.factor.setCustomValidity(t("rule.factor_wrong"));
    if (Number(fields.low.value) > Number(fields.high.value)) fields.high.setCustomValidity(t("rule.band_wrong"));
  };
  const done = () => {
    const said = { action: action.value, placements: places.map((one) => one.querySelector("input")).filter((box) => box.checked).map((box) => box.value) };
    for (const name of used().names) {
      if (name === "products") said.products = ids(fields.products.value);
      else said[name] = fields[name].type === "number" ? Number(fields[name].value) : fields[name].value.trim();
    }
    return send(said);
  };
  const chosen = now.placements.length > 0;
  const content = el(
    "div", { className: "stack", oninput: check, onchange: check },
    el("div", { className: "stack tight" }, field(t("rule.action"), action), about), Object.values(lines),
    el("details", { className: "rule-places", open: chosen }, el("summary", {}, t("rule.only_in")), el("fieldset", { className: "places", "aria-label": t("rule.only_in") }, places)),
  );
  action.setAttribute("aria-describedby", about.id);
  check();
  openSheet({ title: t(rule ? "rule.edit_title" : "rule.new_title"), content, action: t("save"), done });
}

/** Open the form of a look; `taken` are the names that there are. */
export function openLook(look, taken, send) {
  const name = el("input", { type: "text", dir: "auto", required: true, maxlength: 200, value: look?.name ?? "" });
  const products = el("input", { type: "text", dir: "auto", required: true, maxlength: 4000, value: look?.products.map(({ id }) => id).join(", ") ?? "" });
  const check = () => {
    const said = name.value.trim().replace(/\s+/g, " ");
    name.setCustomValidity(said !== look?.name && taken.includes(said) ? t("look.taken") : "");
    products.setCustomValidity(ids(products.value).length < 2 ? t("look.two_needed") : "");
  };
  check();
  const content = el("div", { className: "stack", oninput: check }, field(t("look.name"), name), field(t("rule.products"), products, t("look.products_hint")));
  openSheet({ title: t(look ? "look.edit_title" : "look.new_title"), content, action: t("save"), done: () => send({ name: name.value, products: ids(products.value), before: look?.name ?? "" }) });
}

function ids(text) {
  return [...new Set(text.split(/[,，\n]/).map((one) => one.trim()).filter(Boolean))];
}
