/** From a file to the catalogue: drop, look, correct, import, read the report: `<st-import-page>`. */

import { addressOf } from "../../address.js";
import { el, fill } from "../../dom.js";
import { formatNumber, formatShare } from "../../i18n.js";
import { ask, bring, send } from "../calls.js";
import { card, figure, heading, importChip, progressBar } from "../parts/card.js";
import { dropZone } from "../parts/drop-zone.js";
import { addressForm, drawFeeds, intervalChoice } from "../parts/feed-list.js";
import { jobView } from "../parts/job-view.js";
import { drawRows, mappingForm } from "../parts/mapping.js";
import { symbol } from "../parts/symbol.js";
import { sayError } from "../parts/toast.js";
import { called, count, duration, moment, t } from "../words.js";

class ImportPage extends HTMLElement {
  async show(place, signal) {
    this.pageTitle = t("import.title");
    this.step = el("div", { className: "step" });
    this.feeds = el("div");
    this.past = el("div");
    fill(this, heading(t("import.title"), t("import.about")), this.step, this.feeds, this.past);
    this.#begin();
    await this.#drawFeeds(signal);
    const running = await this.#drawPast(signal);
    if (running) this.#follow(running);
  }

  #begin() {
    fill(this.step, dropZone((files) => this.#bring(files)), addressForm((source) => this.#open(source)));
  }

  #drawFeeds(signal) {
    return drawFeeds(this.feeds, (job) => this.#follow(job), signal);
  }

  #open(source) {
    this.source = source;
    this.origin = "";
    this.mapping = {};
    this.sync = false;
    this.every = undefined;
    return this.#preview();
  }

  async #bring(files) {
    const bar = progressBar(0, t("import.bringing"));
    fill(this.step, card(t("import.bringing"), bar, el("p", { className: "soft" }, count("import.files", files.length))));
    try {
      await this.#open(await bring(files, (share) => (bar.value = share)));
    } catch (error) {
      sayError(error);
      this.#begin();
    }
  }

  async #preview() {
    this.asking?.abort();
    this.asking = new AbortController();
    let seen;
    try {
      seen = await send(`sources/${this.source.id}/preview`, { origin: this.origin, mapping: this.mapping }, this.asking.signal);
    } catch (error) {
      return sayError(error);
    }
    // What no vendor's columns fit is a plain table, whose columns the merchant names.
    if (seen.problem && !this.origin && seen.columns.length) {
      this.origin = "table";
      return this.#preview();
    }
    return this.#drawPreview(seen);
  }

  #drawPreview(seen) {
    const focused = this.step.contains(document.activeElement) ? document.activeElement.id : "";
    const rows = el("div", { className: "preview-rows", "aria-live": "polite" });
    const origin = el("select", { id: "origin", onchange: () => this.#choose(origin.value) }, seen.origins.map((name) => el("option", { value: name, selected: name === seen.origin }, called("origin", name))));
    const sync = el("input", { type: "checkbox", id: "sync", checked: this.sync });
    const again = intervalChoice(this.every ?? 24 * 3600, true);
    sync.addEventListener("change", () => (this.sync = sync.checked));
    again.addEventListener("change", () => (this.every = Number(again.value)));
    const go = el("button", { className: "btn primary", type: "button", disabled: Boolean(seen.problem) || !seen.rows.length, onclick: () => this.#import(sync.checked, this.source.url ? Number(again.value) : 0) }, symbol("import"), t("import.go"));
    fill(
      this.step,
      card(
        "",
        el("div", { className: "detected" }, el("span", { className: "drop-sign" }, symbol(this.source.photos ? "folder" : "file")), el("div", {}, el("h2", { dir: "auto" }, this.source.name), el("p", { className: "soft" }, this.source.photos ? count("import.photos_with", this.source.photos) : t("import.no_photos_with")))),
        el("div", { className: "field-row" }, el("label", { for: "origin" }, t("import.origin")), origin, seen.confidence > 0 && !this.origin && el("span", { className: "chip good" }, t("import.detected", { share: formatShare(seen.confidence) }))),
        seen.reason && el("p", { className: "soft" }, detectedBy(seen)),
        seen.problem && (seen.problem_code === "mapping_incomplete" ? el("p", { className: "note info" }, symbol("info"), t("import.name_columns")) : el("p", { className: "note bad", role: "alert" }, seen.problem)),
      ),
      el(
        "div", { className: "preview" },
        card(t("mapping.title"), el("p", { className: "soft" }, t("mapping.about")), mappingForm(seen, this.mapping, (field, column) => this.#map(field, column))),
        card(t("mapping.preview"), rows),
      ),
      el(
        "div", { className: "step-end" },
        el("label", { className: "switch", for: "sync" }, sync, el("span", {}, t("import.sync"), el("small", {}, t("import.sync_about")))),
        this.source.url && el("div", { className: "field-row feed-again" }, el("label", { for: again.id }, t("feed.every")), again),
        el("span", { className: "grow" }),
        el("button", { className: "btn", type: "button", onclick: () => this.#begin() }, t("cancel")), go,
      ),
    );
    if (seen.rows.length || !seen.problem) drawRows(rows, seen);
    else fill(rows, el("p", { className: "soft" }, t("mapping.preview_waits")));
    if (focused) this.step.querySelector(`#${CSS.escape(focused)}`)?.focus();
  }

  #choose(origin) {
    this.origin = origin;
    this.mapping = {};
    this.#preview();
  }

  #map(field, column) {
    this.mapping = { ...this.mapping, [field]: column };
    this.#preview();
  }

  async #import(sync, every) {
    const how = { origin: this.origin, mapping: this.mapping, sync };
    try {
      if (every) {
        const feed = await send("feeds", { url: this.source.url, every_s: every, ...how });
        // At once, since the server begins by itself within seconds.
        this.#follow(await send(`feeds/${feed.id}/run`));
        await this.#drawFeeds();
      } else this.#follow(await send(`sources/${this.source.id}/import`, how));
    } catch (error) {
      sayError(error);
    }
  }

  #follow(job) {
    fill(this.step, card("", jobView(job, (ended) => this.#ended(ended))));
  }

  #ended(job) {
    if (job.state === "done") fill(this.step, (job.result.unchanged ? unchanged : result)(job.result, () => this.#begin()));
    else this.step.append(el("div", { className: "step-end" }, el("button", { className: "btn primary", type: "button", onclick: () => (this.source ? this.#preview() : this.#begin()) }, symbol("back"), t("import.back"))));
    this.#drawFeeds().catch(sayError);
    this.#drawPast().catch(sayError);
  }

  async #drawPast(signal) {
    const [past, jobs] = await Promise.all([ask("imports", {}, signal), ask("jobs", {}, signal)]);
    const running = jobs.find((job) => job.kind === "import" && job.state === "running");
    if (past.length) fill(this.past, card(t("overview.imports"), pastTable(past, Boolean(running))));
    return running;
  }
}

function detectedBy(seen) {
  const others = seen.candidates.filter(([name, share]) => name !== seen.origin && share > 0.05).map(([name, share]) => `${called("origin", name)} ${formatShare(share)}`);
  return others.length ? t("import.others", { others: others.join(", ") }) : t("import.no_others");
}

function result(summary, again) {
  const rows = ["added", "updated", "unchanged", "rejected"];
  return el(
    "div", {},
    card(
      t("import.done"),
      el("p", { className: "soft" }, t("import.took", { time: duration(summary.seconds) })),
      el("div", { className: "figures" }, rows.map((name) => figure(called("row", name), formatNumber(summary.rows[name]), { tone: name === "rejected" && summary.rows[name] ? "bad" : "" })), figure(called("row", "photos_failed"), formatNumber(summary.photos.failed), { tone: summary.photos.failed ? "bad" : "" })),
      summary.problems.length > 0 && problems(summary),
    ),
    el(
      "div", { className: "step-end" },
      el("button", { className: "btn", type: "button", onclick: again }, symbol("import"), t("import.another")),
      el("a", { className: "btn", href: `/v1/studio/imports/${summary.number}/report`, download: "" }, symbol("file"), t("import.report")),
      el("a", { className: "btn primary", href: addressOf("catalogue") }, symbol("catalogue"), t("import.to_catalogue")),
    ),
  );
}

function unchanged(summary, again) {
  return el("div", {}, card(t("feed.unchanged"), el("p", { className: "soft" }, t("feed.unchanged_about"))), el("div", { className: "step-end" }, el("button", { className: "btn", type: "button", onclick: again }, symbol("import"), t("import.another"))));
}

function problems(summary) {
  const total = Object.values(summary.problem_counts).reduce((sum, one) => sum + one, 0);
  return el(
    "div", {},
    el("h3", {}, count("import.problems", total)),
    el(
      "div", { className: "scroll", tabindex: 0, role: "region", "aria-label": t("import.bad_rows") },
      el(
        "table", { className: "grid-table" },
        el("thead", {}, el("tr", {}, ["row", "product", "field", "problem"].map((name) => el("th", { scope: "col" }, t(`import.column.${name}`))))),
        el("tbody", {}, summary.problems.slice(0, 50).map((one) => el("tr", {}, el("th", { scope: "row" }, one.row ? String(one.row) : "—"), el("td", { dir: "auto" }, one.product_id || "—"), el("td", {}, called("field", one.field)), el("td", { dir: "auto" }, one.message)))),
      ),
    ),
  );
}

function pastTable(past, running) {
  const line = (one, at) => {
    const { rows } = one.summary;
    return el(
      "tr", {},
      el("th", { scope: "row", dir: "auto" }, one.source), el("td", {}, called("origin", one.origin)), el("td", { className: "when" }, moment(one.started_at)),
      el("td", { className: "when" }, rows ? t("import.rows", { added: formatNumber(rows.added), updated: formatNumber(rows.updated), rejected: formatNumber(rows.rejected) }) : "—"),
      el("td", {}, importChip(one, running && at === 0)),
      el("td", {}, rows && el("a", { className: "link", href: `/v1/studio/imports/${one.id}/report`, download: "", "aria-label": t("import.report_of", { source: one.source }) }, t("import.report_short"))),
    );
  };
  const heads = ["source", "origin", "when", "rows", "state", "report"];
  return el("div", { className: "scroll", tabindex: 0, role: "region", "aria-label": t("overview.imports") }, el("table", { className: "grid-table in-lines" }, el("thead", {}, el("tr", {}, heads.map((name) => el("th", { scope: "col" }, t(`import.column.${name}`))))), el("tbody", {}, past.slice(0, 20).map(line))));
}

customElements.define("st-import-page", ImportPage);
