/** Keys of the API and the state of the index: `<st-settings-page>`. */

import { el, fill } from "../../dom.js";
import { formatNumber } from "../../i18n.js";
import { ask, remove, send } from "../calls.js";
import { card, field, figure, heading } from "../parts/card.js";
import { openSheet } from "../parts/sheet.js";
import { symbol } from "../parts/symbol.js";
import { say, sayError } from "../parts/toast.js";
import { outline, trouble } from "../parts/trouble.js";
import { called, moment, size, t } from "../words.js";

const SCOPES = ["read", "write", "admin"];

class SettingsPage extends HTMLElement {
  async show(place, signal) {
    this.pageTitle = t("nav.settings");
    if (!this.childElementCount) fill(this, outline(6));
    this.keys = el("div");
    const index = await ask("index", {}, signal);
    fill(this, heading(t("nav.settings"), t("settings.about")), this.keys, indexCard(index));
    // A key that may not look at keys can still look at the index.
    await this.#drawKeys(signal).catch((error) => fill(this.keys, error.status === 403 ? card(t("settings.keys"), el("p", { className: "soft" }, t("settings.no_admin"))) : trouble(error, () => this.show(place))));
  }

  async #drawKeys(signal) {
    const { asked_for: asked, keys } = await ask("keys", {}, signal);
    fill(
      this.keys,
      card(
        t("settings.keys"),
        el("p", { className: "soft" }, t("settings.keys_about")),
        !asked && el("p", { className: "note info" }, symbol("info"), t("settings.open"), " ", el("code", {}, "SHOPLENS_API_KEY")),
        keys.length > 0 && el(
          "div", { className: "scroll", tabindex: 0, role: "region", "aria-label": t("settings.keys") },
          el("table", { className: "grid-table in-lines" }, el("thead", {}, el("tr", {}, ["name", "scope", "key", "made", "state"].map((name) => el("th", { scope: "col" }, t(`settings.column.${name}`))), el("th", { scope: "col" }, el("span", { className: "unseen" }, t("settings.revoke"))))), el("tbody", {}, keys.map((key) => this.#key(key)))),
        ),
        el("div", { className: "actions" }, el("button", { className: "btn primary", type: "button", onclick: () => this.#make() }, symbol("plus"), t("settings.make"))),
      ),
    );
  }

  #key(key) {
    const revoke = () =>
      openSheet({ title: t("settings.revoke_title", { name: key.name }), about: t("settings.revoke_about"), content: null, action: t("settings.revoke"), danger: true, done: async () => (await remove(`keys/${key.id}`), await this.#drawKeys()) });
    return el(
      "tr", { className: key.revoked_at ? "refused" : "" },
      el("th", { scope: "row", dir: "auto" }, key.name), el("td", {}, el("span", { className: "chip" }, t(`scope.${key.scope}`))), el("td", {}, el("code", {}, `${key.hint}…`)), el("td", {}, moment(key.created_at)),
      el("td", {}, el("span", { className: `chip ${key.revoked_at ? "error" : "good"}` }, t(key.revoked_at ? "settings.revoked" : "settings.good"))),
      el("td", {}, !key.revoked_at && el("button", { className: "btn small", type: "button", onclick: revoke, "aria-label": t("settings.revoke_title", { name: key.name }) }, t("settings.revoke"))),
    );
  }

  #make() {
    const name = el("input", { type: "text", required: true, maxlength: 100, dir: "auto" });
    const scopes = el("fieldset", { className: "presets" }, el("legend", {}, t("settings.scope")), SCOPES.map((scope) => el("label", {}, el("input", { type: "radio", name: "scope", value: scope, checked: scope === "read" }), el("span", {}, el("strong", {}, t(`scope.${scope}`)), el("small", {}, t(`scope.${scope}.about`))))));
    const done = async () => {
      const key = await send("keys", { name: name.value, scope: scopes.querySelector(":checked").value });
      await this.#drawKeys();
      showSecret(key);
    };
    openSheet({ title: t("settings.make"), content: [field(t("settings.name"), name, t("settings.name_hint")), scopes], action: t("settings.make_it"), done });
  }
}

function showSecret(key) {
  const shown = el("input", { type: "text", readonly: true, value: key.secret, "aria-label": t("settings.secret"), className: "secret" });
  const copy = async () => {
    shown.select();
    await navigator.clipboard?.writeText(key.secret).catch(() => {});
    say(t("settings.copied"));
  };
  const dialog = el("dialog", { className: "sheet", "aria-labelledby": "secret-title" }, el("h2", { id: "secret-title" }, t("settings.made", { name: key.name })), el("p", { className: "note warning" }, t("settings.once")), shown, el("form", { method: "dialog", className: "sheet-end" }, el("button", { className: "btn", type: "button", onclick: copy }, t("settings.copy")), el("button", { className: "btn primary" }, t("close"))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  shown.select();
}

function indexCard(index) {
  const pair = (name, value) => el("div", { className: "pair" }, el("span", {}, t(`index.${name}`)), el("strong", { dir: "auto" }, value));
  return card(
    t("index.title"),
    index.problem ? el("p", { className: "note bad", role: "alert" }, index.problem) : el("p", { className: `note ${index.missing ? "warning" : "good"}` }, symbol(index.missing ? "alert" : "check"), t(index.missing ? "index.incomplete" : "index.sound")),
    el("div", { className: "figures" }, figure(t("index.photos"), formatNumber(index.photos)), figure(t("index.missing"), formatNumber(index.missing), { tone: index.missing ? "warning" : "good" }), figure(t("index.others"), formatNumber(index.others.length))),
    pair("model", called("model", index.model)), pair("engine", called("engine", index.engine)), index.compared && pair("compared", called("compared", index.compared)), pair("embedder", index.embedder || "—"),
    pair("snapshot", index.snapshot_at === null ? t("index.no_snapshot") : `${size(index.snapshot_bytes)} · ${moment(new Date(index.snapshot_at * 1000).toISOString())}`),
  );
}

customElements.define("st-settings-page", SettingsPage);
