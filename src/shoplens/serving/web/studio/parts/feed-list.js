/** Feeds that are imported from their addresses: the form for a new one, and those there are. */

import { el, fill } from "../../dom.js";
import { ask, patch, remove, send } from "../calls.js";
import { ago, called, duration, moment, t } from "../words.js";
import { card, field } from "./card.js";
import { openSheet } from "./sheet.js";
import { symbol } from "./symbol.js";
import { say, sayError } from "./toast.js";

const INTERVALS = [3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600];

/** Return a form for an address; `brought` is called with what lies there and its address. */
export function addressForm(brought) {
  const input = el("input", { type: "url", required: true, maxlength: 2000, dir: "ltr", placeholder: t("feed.example"), id: "feed-url" });
  const button = el("button", { className: "btn", type: "submit" }, symbol("arrow"), t("feed.look"));
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      brought({ ...(await send("sources/address", { url: input.value })), url: input.value.trim() });
    } catch (error) {
      sayError(error);
    }
    button.disabled = false;
  };
  return el("form", { className: "card feed-form", onsubmit: submit }, field(t("feed.address"), input, t("feed.address_about")), button);
}

/** Return a choice of intervals; `once` offers not to import again. */
export function intervalChoice(now, once = false) {
  const known = INTERVALS.includes(now) || !now ? INTERVALS : [...INTERVALS, now].sort((one, other) => one - other);
  return el(
    "select", { id: "feed-every" },
    once && el("option", { value: "" }, t("feed.once")),
    known.map((seconds) => el("option", { value: seconds, selected: seconds === now }, every(seconds))),
  );
}

/** Fill the place with the feeds there are; `ran` is called with the job where one is imported now. */
export async function drawFeeds(place, ran, signal) {
  const feeds = await ask("feeds", {}, signal);
  const again = () => drawFeeds(place, ran).catch(sayError);
  if (feeds.length) fill(place, card(t("feed.title"), el("p", { className: "soft" }, t("feed.about")), el("ul", { className: "feeds" }, feeds.map((feed) => line(feed, ran, again)))));
  else fill(place);
}

function line(feed, ran, again) {
  const doing = (work) => async (event) => {
    event.currentTarget.disabled = true;
    try {
      await work();
    } catch (error) {
      sayError(error);
    }
    await again();
  };
  const name = short(feed.url);
  const act = (sign, words, work) => el("button", { className: "btn small", type: "button", onclick: work, "aria-label": t("feed.act", { act: words, name }) }, symbol(sign), words);
  return el(
    "li", { className: "feed" },
    el(
      "div", { className: "feed-words" },
      el("strong", { dir: "ltr" }, name),
      el("small", {}, [every(feed.every_s), feed.origin && called("origin", feed.origin), feed.sync && t("import.sync")].filter(Boolean).join(" · ")),
      el("small", {}, state(feed)),
      feed.problem && el("p", { className: "note bad" }, symbol("alert"), el("span", {}, el("strong", {}, t("feed.failed", { when: ago(feed.tried_at) })), " ", el("span", { dir: "auto" }, feed.problem))),
    ),
    el(
      "div", { className: "actions" },
      act("import", t("feed.run"), doing(async () => ran(await send(`feeds/${feed.id}/run`)))),
      act("settings", t("feed.change"), () => change(feed, again)),
      act(feed.paused ? "arrow" : "pause", t(feed.paused ? "feed.resume" : "feed.pause"), doing(() => patch(`feeds/${feed.id}`, { paused: !feed.paused }))),
      act("close", t("feed.remove"), () => openSheet({ title: t("feed.remove_title"), about: `${feed.url} – ${t("feed.remove_about")}`, action: t("feed.remove"), danger: true, done: async () => (await remove(`feeds/${feed.id}`), await again()) })),
    ),
  );
}

function state(feed) {
  const read = feed.read_at ? t("feed.read", { when: ago(feed.read_at) }) : t("feed.never");
  const next = new Date(feed.next_at) <= Date.now() ? t("feed.due") : t(feed.problem ? "feed.retry" : "feed.next", { when: moment(feed.next_at) });
  return `${read} ${feed.paused ? t("feed.paused") : next}`;
}

function change(feed, again) {
  const url = el("input", { type: "url", required: true, maxlength: 2000, dir: "ltr", value: feed.url });
  const choice = intervalChoice(feed.every_s);
  const sync = el("input", { type: "checkbox", id: "feed-sync", checked: feed.sync });
  const done = async () => {
    await patch(`feeds/${feed.id}`, { url: url.value, every_s: Number(choice.value), sync: sync.checked });
    say(t("feed.saved"));
    await again();
  };
  openSheet({
    title: t("feed.change_title"), action: t("save"), done,
    content: [field(t("feed.address"), url), field(t("feed.every"), choice), el("label", { className: "switch", for: "feed-sync" }, sync, el("span", {}, t("import.sync"), el("small", {}, t("import.sync_about"))))],
  });
}

function every(seconds) {
  if (INTERVALS.includes(seconds)) return t(`interval.${seconds / 3600}`);
  return t("feed.every_other", { time: duration(seconds) });
}

function short(url) {
  return url.replace(/^https?:\/\//, "").replace(/[?#].*$/, "");
}
