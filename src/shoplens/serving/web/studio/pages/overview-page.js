/** The state of the shop at a glance: `<st-overview-page>`. */

import { addressOf } from "../../address.js";
import { el, fill } from "../../dom.js";
import { findingText, formatNumber, formatShare } from "../../i18n.js";
import { ask, askShop, send } from "../calls.js";
import { card, figure, heading, importChip, meter, ring, severityChip, stateChip } from "../parts/card.js";
import { showOpen } from "../parts/frame.js";
import { jobView } from "../parts/job-view.js";
import { askSearches, DAYS, firstDay, searchesCard } from "../parts/searches.js";
import { symbol } from "../parts/symbol.js";
import { sayError } from "../parts/toast.js";
import { empty, outline } from "../parts/trouble.js";
import { ago, called, count, listed, size, t } from "../words.js";

const SEVERITIES = ["error", "warning", "info"];
const CHANNELS = ["google", "google-2027", "amazon", "allegro", "taobao-jd", "shop"];
const GAPS = ["no_photo", "no_category", "no_price"];

class OverviewPage extends HTMLElement {
  async show(place, signal) {
    this.pageTitle = t("nav.home");
    if (!this.childElementCount) fill(this, outline(8));
    const since = firstDay().toISOString();
    const [seen, index, rates, searches] = await Promise.all([ask("overview", {}, signal), ask("index", {}, signal), askShop("events/rates", { since }, signal), askSearches(signal)]);
    showOpen(seen.open_questions);
    this.#draw(seen, index, rates, searches);
  }

  #draw(seen, index, rates, searches) {
    const again = () => this.show({}, undefined).catch(sayError);
    const run = (path, wish) => async (event) => {
      event.currentTarget.disabled = true;
      await send(path, wish).catch(sayError);
      await again();
    };
    const running = seen.jobs.filter((job) => job.state === "running");
    if (!seen.products) {
      fill(this, heading(t("nav.home")), empty("import", t("overview.empty"), t("overview.empty_advice"), el("a", { className: "btn primary", href: addressOf("import") }, t("import.title"))));
      return;
    }
    fill(
      this,
      heading(
        t("nav.home"), count("overview.about", seen.listings, { products: formatNumber(seen.products), photos: formatNumber(seen.photos) }),
        el("button", { className: "btn", type: "button", onclick: run("classifications") }, symbol("tag"), t("overview.classify")),
        el("button", { className: "btn", type: "button", onclick: run("inspections", { packs: CHANNELS }) }, symbol("shop"), t("overview.inspect_all")),
        el("button", { className: "btn primary", type: "button", onclick: run("inspections", { packs: seen.rules }) }, symbol("rules"), t("overview.inspect")),
      ),
      running.length > 0 && card("", running.map((job) => jobView(job, again))),
      health(seen),
      searchesCard(searches),
      el("div", { className: "board" }, findings(seen), el("div", { className: "board-side" }, questions(seen), clicks(rates), modelCard(seen, index), imports(seen), work(seen))),
    );
  }
}

function health(seen) {
  const channels = Object.entries(seen.ready);
  const share = seen.products ? seen.sound / seen.products : 0;
  const gap = (name) => figure(called("gap", name), formatNumber(seen.gaps[name]), { href: addressOf("catalogue", "", { gap: name }), tone: seen.gaps[name] ? "warning" : "good" });
  return el(
    "section", { className: "card" },
    el("h2", {}, t("overview.health")),
    el(
      "div", { className: "health" },
      el("div", { className: "health-ring" }, ring(share, t("overview.ready")), el("div", {}, el("strong", {}, t("overview.ready")), el("p", {}, seen.inspected ? t("overview.ready_by", { rules: listed(seen.rules.map((rule) => seen.ready[rule]?.title ?? rule)) }) : t("overview.not_inspected")))),
      el("div", { className: "figures" }, GAPS.map(gap), figure(called("gap", "error"), formatNumber(seen.gaps.error), { href: addressOf("catalogue", "", { gap: "error" }), tone: seen.gaps.error ? "bad" : "good" })),
      channels.length > 0 && el("ul", { className: "channels", "aria-label": t("overview.channels") }, channels.map(([name, one]) => el("li", {}, el("span", { className: "tally-name" }, one.title, seen.changed[name] > 0 && el("small", { className: "soft" }, ` · ${count("overview.changed", seen.changed[name])}`)), meter(one.share, one.share < 0.9 ? "warning" : ""), el("span", { className: "number" }, formatShare(one.share))))),
    ),
  );
}

function findings(seen) {
  const most = Math.max(1, ...seen.findings.map((one) => one.products));
  const line = (one) =>
    el(
      "li", {},
      el(
        "a", { className: "tally", href: addressOf("catalogue", "", { finding: one.code }) },
        el("span", { className: "tally-name" }, findingText(one.code).title), meter(one.products / most, one.severity), el("span", { className: "number" }, formatNumber(one.products)),
      ),
    );
  const groups = SEVERITIES.map((severity) => [severity, seen.findings.filter((one) => one.severity === severity)]).filter(([, found]) => found.length);
  return el(
    "section", { className: "card" },
    el("h2", {}, t("overview.findings")),
    !seen.inspected && el("p", { className: "soft" }, t("overview.no_findings")),
    groups.map(([severity, found]) => el("div", { className: "tally-group" }, el("h3", {}, severityChip(severity), el("span", { className: "soft" }, t("overview.products"))), el("ul", {}, found.map(line)))),
  );
}

function questions(seen) {
  const answered = Object.values(seen.answers).flatMap((kinds) => Object.values(kinds)).reduce((sum, one) => sum + one, 0);
  const open = seen.open_questions;
  return card(
    t("overview.questions"),
    open
      ? el("div", { className: "figures" }, Object.entries(open).map(([kind, number]) => figure(called("question", kind), formatNumber(number), { href: addressOf("review", kind) })))
      : el("p", { className: "soft" }, t("overview.questions_unknown")),
    el("p", { className: "soft" }, count("overview.answered", answered)),
    el("a", { className: "btn", href: addressOf("review") }, symbol("review"), t("review.begin")),
  );
}

/** How often shoppers opened something of what they were shown, by where it stood. */
function clicks(rates) {
  const places = new Map();
  for (const { placement, answers, answers_clicked: clicked } of rates) {
    const sum = places.get(placement) ?? { answers: 0, clicked: 0 };
    places.set(placement, { answers: sum.answers + answers, clicked: sum.clicked + clicked });
  }
  const line = ([placement, { answers, clicked }]) =>
    el("li", { className: "tally", title: count("overview.shown", answers) }, el("span", { className: "tally-name" }, called("placement", placement)), meter(clicked / answers), el("span", { className: "number" }, formatShare(clicked / answers)));
  const sorted = [...places].sort(([, one], [, other]) => other.answers - one.answers);
  return card(
    t("overview.clicks"),
    el("p", { className: "soft" }, places.size ? count("overview.clicks_about", DAYS) : t("overview.no_clicks")),
    places.size > 0 && el("ul", {}, sorted.map(line)),
  );
}

function modelCard(seen, index) {
  const known = index.photos + index.missing;
  const pair = (name, value) => el("div", { className: "pair" }, el("span", {}, name), el("strong", { dir: "auto" }, value));
  const covered = known ? index.photos / known : 1;
  return card(
    t("overview.model"),
    el("div", { className: "covered" }, el("span", { className: "soft" }, t("overview.covered")), meter(covered, index.missing ? "warning" : ""), el("strong", { className: "number" }, formatShare(covered))),
    pair(t("overview.in_use"), called("model", seen.model)), pair(t("overview.indexed"), formatNumber(index.photos)),
    index.compared && pair(t("overview.compared"), called("compared", index.compared)),
    pair(t("index.snapshot"), index.snapshot_at === null ? t("overview.no_snapshot") : `${ago(index.snapshot_at * 1000)} · ${size(index.snapshot_bytes)}`),
    index.problem && el("p", { className: "note bad" }, index.problem),
    index.missing > 0 && el("p", { className: "note warning" }, count("overview.missing", index.missing)),
    el("a", { className: "btn", href: addressOf("train") }, symbol("train"), t("overview.models")),
  );
}

function imports(seen) {
  const running = seen.jobs.some((job) => job.kind === "import" && job.state === "running");
  const line = (one, at) =>
    el(
      "li", {},
      el("div", {}, el("strong", { dir: "auto" }, one.source), el("small", {}, `${called("origin", one.origin)} · ${ago(one.started_at)}`)),
      importChip(one, running && at === 0),
    );
  return card(
    t("overview.imports"),
    seen.imports.length ? el("ul", { className: "list" }, seen.imports.map(line)) : el("p", { className: "soft" }, t("import.none")),
    el("a", { className: "btn", href: addressOf("import") }, symbol("import"), t("import.title")),
  );
}

function work(seen) {
  const ended = seen.jobs.filter((job) => job.state !== "running");
  if (!ended.length) return null;
  return card(t("overview.jobs"), el("ul", { className: "list" }, ended.slice(0, 6).map((job) => el("li", {}, el("div", {}, el("strong", {}, called("job", job.kind)), el("small", { dir: "auto" }, `${job.title} · ${ago(job.started_at)}`)), stateChip(job.state)))));
}

customElements.define("st-overview-page", OverviewPage);
