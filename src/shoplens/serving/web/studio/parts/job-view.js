/** How far work in the background is. */

import { el, fill } from "../../dom.js";
import { formatNumber } from "../../i18n.js";
import { follow, send } from "../calls.js";
import { called, duration, t } from "../words.js";
import { progressBar, stateChip } from "./card.js";
import { sayError } from "./toast.js";

/** Return a view that follows a job until its end; `ended` is called then. It stops once the page is gone. */
export function jobView(job, ended = () => {}, changed = () => {}) {
  const view = el("div", { className: "job" });
  const draw = (now) => {
    fill(view, ...lines(now));
    changed(now);
  };
  draw(job);
  if (job.state === "running") {
    const leave = follow(job.id, (now) => (view.isConnected ? draw(now) : leave()), ended);
  }
  return view;
}

function lines(job) {
  const { done, total } = job.progress;
  const share = job.state === "running" ? (total ? done / total : null) : 1;
  const stop = async (event) => {
    event.currentTarget.disabled = true;
    await send(`jobs/${job.id}/stop`).catch(sayError);
  };
  return [
    el("div", { className: "job-head" }, el("strong", {}, called("job", job.kind)), el("span", { dir: "auto" }, job.title), stateChip(job.state), job.stoppable && job.state === "running" && el("button", { className: "btn small", type: "button", onclick: stop }, t("job.stop"))),
    job.state === "running" && progressBar(share, called("job", job.kind)),
    el("p", { className: "job-words" }, words(job)),
  ];
}

function words(job) {
  if (job.state === "failed") return job.result.error ?? t("trouble.failed");
  if (job.state !== "running") return "";
  const { done, total, seconds_left: left, photos_per_second: rate } = job.progress;
  if (done === undefined) return t("job.begins");
  const parts = [total ? t("job.of", { done: formatNumber(done), total: formatNumber(total) }) : formatNumber(done)];
  if (rate) parts.push(t("job.rate", { rate: formatNumber(Math.round(rate)) }));
  if (left) parts.push(t("job.left", { time: duration(left) }));
  return parts.join(" · ");
}
