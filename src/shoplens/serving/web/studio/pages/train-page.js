/** Training, models and teaching: `<st-train-page>`. */

import { el, fill } from "../../dom.js";
import { categoryPath, formatNumber, formatShare } from "../../i18n.js";
import { ask, askShop, send } from "../calls.js";
import { card, field, heading, meter } from "../parts/card.js";
import { lineChart } from "../parts/chart.js";
import { comparison } from "../parts/comparison.js";
import { jobView } from "../parts/job-view.js";
import { openSheet } from "../parts/sheet.js";
import { symbol } from "../parts/symbol.js";
import { teachCard } from "../parts/teach-card.js";
import { say, sayError } from "../parts/toast.js";
import { outline } from "../parts/trouble.js";
import { called, count, duration, moment, t } from "../words.js";

const PRESETS = ["fast", "good", "best"];
const SHOWN = 12;

class TrainPage extends HTMLElement {
  async show(place, signal) {
    this.pageTitle = t("nav.train");
    if (!this.childElementCount) fill(this, outline(8));
    const [data, models, jobs] = await Promise.all([ask("training-data", {}, signal), askShop("models", {}, signal), ask("jobs", {}, signal)]);
    Object.assign(this, { data, models });
    this.live = el("div", { className: "live" });
    this.shelf = el("div");
    fill(
      this,
      heading(t("nav.train"), t("train.about")),
      this.live,
      el("div", { className: "train-sides" }, this.#form(), this.#data()),
      this.shelf, teachCard(),
    );
    this.#models();
    for (const kind of ["training", "promotion", "comparison"]) {
      const job = jobs.find((one) => one.kind === kind && (one.state === "running" || kind === "training"));
      if (job) this.#follow(job);
    }
  }

  #data() {
    const { data } = this;
    const most = Math.max(1, ...data.categories.map(([, photos]) => photos));
    const unusable = Object.entries(data.unusable);
    return card(
      t("train.data"),
      el("p", { className: "soft" }, count("train.photos", data.photos, { categories: formatNumber(data.categories.length) })),
      data.corrected > 0 && el("p", { className: "note good" }, symbol("check"), count("train.corrected", data.corrected)),
      el("ul", {}, data.categories.slice(0, SHOWN).map(([path, photos]) => el("li", { className: "tally" }, el("span", { className: "tally-name", dir: "auto" }, categoryPath(path)), meter(photos / most), el("span", { className: "number" }, formatNumber(photos))))),
      data.categories.length > SHOWN && el("p", { className: "soft" }, count("train.more", data.categories.length - SHOWN)),
      unusable.length > 0 && el("p", { className: "soft" }, unusable.map(([code, photos]) => `${called("unusable", code)}: ${formatNumber(photos)}`).join(" · ")),
    );
  }

  #form() {
    const name = el("input", { type: "text", id: "bundle-name", value: freeName(this.models), required: true, pattern: "[a-z0-9][a-z0-9._\\-]{0,63}", autocomplete: "off", spellcheck: "false" });
    const minutes = el("input", { type: "number", id: "bundle-minutes", min: 1, max: 10000, inputmode: "numeric" });
    const presets = el(
      "fieldset", { className: "presets" }, el("legend", {}, t("train.preset")),
      PRESETS.map((preset) => el("label", {}, el("input", { type: "radio", name: "preset", value: preset, checked: preset === "fast" }), el("span", {}, el("strong", {}, t(`preset.${preset}`)), el("small", {}, t(`preset.${preset}.about`))))),
    );
    const submit = async (event) => {
      event.preventDefault();
      const preset = presets.querySelector(":checked").value;
      try {
        this.#follow(await send("trainings", { name: name.value, preset, minutes: preset !== "fast" && minutes.value ? Number(minutes.value) : null }));
        this.live.scrollIntoView({ block: "start" });
      } catch (error) {
        sayError(error);
      }
    };
    return card(
      t("train.new"),
      !this.data.available && el("p", { className: "note warning" }, t("train.unavailable"), " ", el("code", {}, "pip install 'shoplens[train]'")),
      el(
        "form", { className: "stack", onsubmit: submit },
        presets, field(t("train.name"), name, t("train.name_hint")), field(t("train.minutes"), minutes, t("train.minutes_hint")),
        el("button", { className: "btn primary", type: "submit", disabled: !this.data.available || !this.data.photos }, symbol("train"), t("train.go")),
      ),
    );
  }

  #follow(job) {
    const curves = el("div", { className: "curves" });
    const after = el("div");
    const place = el("section", { className: "card", "data-job": job.kind }, jobView(job, (ended) => this.#ended(ended), (now) => (drawCurves(curves, now), drawResult(after, now, this))), curves, after);
    this.live.querySelector(`[data-job="${job.kind}"]`)?.remove();
    this.live.prepend(place);
  }

  async #ended(job) {
    if (job.state === "failed") return;
    this.models = await askShop("models");
    this.#models();
    if (job.kind === "promotion") say(t("train.promoted", { name: called("model", job.result.model) }));
  }

  #models() {
    const { models, in_use: used, history } = this.models;
    for (const offer of this.live.querySelectorAll("[data-bundle]")) offer.hidden = offer.dataset.bundle === used;
    const listed = used === "none" ? [{ name: "none", in_use: true, card: {}, labels: [] }, ...models] : models;
    fill(
      this.shelf,
      card(
        t("train.models"),
        el("div", { className: "model-list" }, listed.map((model) => this.#model(model))),
        history.length > 1 && el("div", { className: "actions" }, el("button", { className: "btn", type: "button", onclick: () => this.rollback() }, symbol("undo"), t("train.rollback")), el("small", { className: "soft" }, t("train.before", { name: called("model", history.at(-2).name) }))),
      ),
    );
  }

  #model(model) {
    const test = model.card.test ?? model.card.figures?.test ?? {};
    const accuracy = test.accuracy;
    return el(
      "article", { className: `model${model.in_use ? " used" : ""}` },
      el("div", {}, el("strong", { dir: "auto" }, called("model", model.name)), model.in_use && el("span", { className: "chip good" }, t("train.in_use")), model.problem && el("span", { className: "chip error" }, model.problem), el("small", {}, [model.labels?.length ? count("train.categories", model.labels.length) : "", accuracy === undefined ? "" : t("train.accuracy", { share: formatShare(accuracy) }), model.card.created ? moment(model.card.created) : ""].filter(Boolean).join(" · "))),
      el(
        "div", { className: "actions" },
        model.name !== "base" && model.name !== "none" && el("a", { className: "btn small", href: `/v1/studio/reports/train-${encodeURIComponent(model.name)}`, target: "_blank", rel: "noopener" }, symbol("file"), t("train.report"), el("span", { className: "unseen" }, t("new_window"))),
        !model.in_use && !model.problem && el("button", { className: "btn small", type: "button", onclick: () => this.start(`models/${encodeURIComponent(model.name)}/compare`) }, t("train.compare")),
        !model.in_use && !model.problem && el("button", { className: "btn small primary", type: "button", onclick: () => this.promote(model.name) }, t("train.promote")),
      ),
    );
  }

  /** Start work and follow it. */
  async start(path) {
    try {
      this.#follow(await send(path));
    } catch (error) {
      sayError(error);
    }
  }

  /** Ask once more, then search with the model. */
  promote(name) {
    openSheet({ title: t("train.promote_title", { name: called("model", name) }), about: t("train.promote_about"), content: null, action: t("train.promote"), done: async () => this.#follow(await send(`models/${encodeURIComponent(name)}/promote`)) });
  }

  /** Ask once more, then search with the model before. */
  rollback() {
    openSheet({ title: t("train.rollback"), about: t("train.rollback_about"), content: null, action: t("train.rollback"), done: async () => this.#follow(await send("rollback")) });
  }
}

function drawCurves(place, job) {
  const passes = job.points;
  if (!passes.length) return;
  const line = (name) => passes.map((one, at) => [at + 1, one[name]]);
  const open = [...place.querySelectorAll("details")].map((one) => one.open);
  fill(
    place,
    lineChart({ title: t("chart.accuracy"), steps: t("chart.pass"), shown: formatShare, series: [{ name: t("chart.validation"), points: line("validation_accuracy"), tone: "one" }] }),
    lineChart({ title: t("chart.loss"), steps: t("chart.pass"), shown: (value) => formatNumber(value, { maximumSignificantDigits: 3 }), series: [{ name: t("chart.training"), points: line("loss"), tone: "two" }, { name: t("chart.validation"), points: line("validation_loss"), tone: "one" }] }),
  );
  place.querySelectorAll("details").forEach((one, at) => (one.open = open[at] ?? false));
}

function drawResult(place, job, page) {
  if (job.state === "running") {
    const { event, name, epoch, epochs, step, steps, seconds_left: left } = job.progress;
    const said = { StepDone: () => t("train.pass", { epoch, epochs, step, steps, time: duration(left ?? 0) }), StageBegun: () => called("stage", name), MemberBegun: () => t("train.member", { number: job.progress.number, members: job.progress.members }), PhotosRead: () => t("train.reading") }[event];
    fill(place, said && el("p", { className: "soft" }, said()));
  } else if (job.state === "done" && job.kind === "training") {
    const { figures, bundle, report } = job.result;
    fill(
      place,
      figures && el("div", { className: "figures" }, ["accuracy", "macro_f1", "coverage", "precision"].filter((name) => name in figures).map((name) => el("div", { className: "figure" }, el("span", { className: "figure-name" }, called("measure", name)), el("strong", {}, formatShare(figures[name]))))),
      el(
        "div", { className: "actions" },
        el("a", { className: "btn", href: `/v1/studio/reports/${encodeURIComponent(report)}`, target: "_blank", rel: "noopener" }, symbol("file"), t("train.report"), el("span", { className: "unseen" }, t("new_window"))),
        el("button", { className: "btn", type: "button", onclick: () => page.start(`models/${encodeURIComponent(bundle)}/compare`) }, t("train.compare")),
        el("button", { className: "btn primary", type: "button", "data-bundle": bundle, hidden: bundle === page.models.in_use, onclick: () => page.promote(bundle) }, t("train.promote")),
      ),
    );
  } else if (job.state === "done" && job.kind === "comparison") fill(place, comparison(job.result));
}

function freeName({ models }) {
  const taken = new Set(models.map((model) => model.name));
  let name = "catalog";
  for (let number = 2; taken.has(name); number += 1) name = `catalog-${number}`;
  return name;
}

customElements.define("st-train-page", TrainPage);
