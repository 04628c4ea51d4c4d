/** What the inspector judges by, and what recommendations are to do: `<st-rules-page>`. */

import { addressOf } from "../../address.js";
import { el, fill } from "../../dom.js";
import { findingText, formatNumber } from "../../i18n.js";
import { ask, send } from "../calls.js";
import { heading, severityChip } from "../parts/card.js";
import { jobView } from "../parts/job-view.js";
import { recommending } from "../parts/recommending.js";
import { symbol } from "../parts/symbol.js";
import { say, sayError } from "../parts/toast.js";
import { outline } from "../parts/trouble.js";
import { called, count, t } from "../words.js";

/** Categories of a rule that are shown at once; a pack may name hundreds. */
const SHOWN = 8;

class RulesPage extends HTMLElement {
  async show(place, signal) {
    this.pageTitle = t("nav.rules");
    if (!this.childElementCount) fill(this, outline(6));
    if (place.id === "recommend") {
      const place = await recommending(signal);
      fill(this, heading(t("nav.rules"), t("rules.recommend_about")), tabs("recommend"), place);
      return;
    }
    this.packs = await ask("rules", {}, signal);
    this.#draw();
  }

  #draw() {
    this.running = el("div");
    const inspect = async () => {
      const job = await send("inspections", { packs: this.packs.filter((pack) => pack.in_use).map((pack) => pack.name) }).catch(sayError);
      if (job) fill(this.running, el("section", { className: "card" }, jobView(job, () => say(t("rules.inspected")))));
    };
    fill(
      this,
      heading(t("nav.rules"), t("rules.about"), el("button", { className: "btn primary", type: "button", onclick: inspect }, symbol("rules"), t("overview.inspect"))),
      tabs(""),
      this.running,
      el("div", { className: "packs" }, this.packs.map((pack) => this.#pack(pack))),
    );
  }

  #pack(pack) {
    const box = el("input", { type: "checkbox", id: `pack-${pack.name}`, checked: pack.in_use, onchange: () => this.#use(pack.name, box.checked) });
    const limits = (rule) => Object.entries(rule.limits).map(([name, value]) => `${called("limit", name)}: ${formatNumber(value)}`).join(", ");
    return el(
      "section", { className: `card pack${pack.in_use ? " used" : ""}` },
      el("div", { className: "pack-head" }, el("div", {}, el("h2", {}, pack.title), el("small", { className: "soft" }, `${pack.name} · ${t("rules.version", { version: pack.version })} · ${count("rules.count", pack.rules.length)}`)), el("label", { className: "switch", for: box.id }, box, el("span", {}, t("rules.use"), el("span", { className: "unseen" }, ` ${pack.title}`)))),
      el(
        "details", {},
        el("summary", {}, t("rules.show")),
        el(
          "div", { className: "scroll", tabindex: 0, role: "region", "aria-label": pack.title },
          el(
            "table", { className: "grid-table" },
            el("thead", {}, el("tr", {}, ["check", "severity", "limits", "where", "source"].map((name) => el("th", { scope: "col" }, t(`rules.column.${name}`))))),
            el("tbody", {}, pack.rules.map((rule) => el("tr", {}, el("th", { scope: "row" }, findingText(rule.check).title), el("td", {}, severityChip(rule.severity)), el("td", {}, limits(rule) || t("rules.own_limits")), el("td", {}, where(rule)), el("td", { dir: "auto" }, source(rule.source))))),
          ),
        ),
      ),
    );
  }

  async #use(name, on) {
    // At once, so that another choice goes on from this one, and whose answer comes late changes nothing of that.
    const before = this.packs;
    const wanted = before.map((pack) => (pack.name === name ? { ...pack, in_use: on } : pack));
    const packs = wanted.filter((pack) => pack.in_use).map((pack) => pack.name);
    this.packs = wanted;
    try {
      if (!packs.length) throw new Error(t("rules.one_needed"));
      const saved = await send("rules", { packs });
      if (this.packs === wanted) this.packs = saved;
      say(t("rules.saved"));
    } catch (error) {
      if (this.packs === wanted) this.packs = before;
      sayError(error);
    }
    this.#draw();
    this.querySelector(`#${CSS.escape(`pack-${name}`)}`)?.focus();
  }
}

function tabs(now) {
  const one = (id, words) => el("a", { href: addressOf("rules", id), "aria-current": id === now ? "page" : false }, words);
  return el("nav", { className: "tabs", "aria-label": t("rules.kinds") }, one("", t("rules.photos")), one("recommend", t("rules.recommend")));
}

function where(rule) {
  const few = rule.categories.slice(0, SHOWN);
  const parts = [rule.main_only && t("rules.main_only"), few.length > 0 && few.join(", ")].filter(Boolean);
  const words = parts.join(" · ") || t("rules.everywhere");
  const rest = rule.categories.slice(SHOWN);
  return rest.length ? [words, el("details", {}, el("summary", {}, count("rules.more", rest.length)), el("p", {}, rest.join(", ")))] : words;
}

function source(text) {
  if (!/^https:\/\//.test(text)) return text || "—";
  return el("a", { className: "link", href: text, target: "_blank", rel: "noopener noreferrer" }, new URL(text).hostname, el("span", { className: "unseen" }, t("new_window")));
}

customElements.define("st-rules-page", RulesPage);
