/** A photo whose products can be clicked, and a box that can be dragged or moved by the arrow keys: `<sl-photo-box>`. */

import { el, fill, icon, place } from "../dom.js";
import { t } from "../i18n.js";
import { boxText } from "../photo-query.js";

const STEP = 0.02;
const SMALLEST = 0.05;
const CLICK = 0.02;
const SAME = 0.45;

class PhotoBox extends HTMLElement {
  #box = null;
  #frame = null;
  #start = null;
  #waiting = 0;
  #found = [];

  /**
   * Show the photo; `onbox` is called with a new box, or with null for whatever the shop takes to be meant.
   */
  open(query, onbox) {
    this.onbox = onbox;
    this.query = query;
    this.#found = [];
    this.#frame = el("div", {
      className: "photo-box-frame", tabindex: 0, role: "group", "aria-label": t("box.keys"), onkeydown: (event) => this.#key(event),
      onpointerdown: (event) => this.#down(event), onpointermove: (event) => this.#move(event), onpointerup: () => this.#up(),
      onpointercancel: () => (this.#start = null),
    });
    this.box = el("div", { className: "photo-box-mark" });
    this.dots = el("div", { className: "photo-box-dots" });
    const photo = el("img", { src: query.url, alt: t("box.photo"), width: query.width, height: query.height, draggable: "false" });
    this.#frame.append(photo, this.box, this.dots);
    this.parts = el("div", { className: "photo-parts", role: "group", "aria-label": t("box.parts") });
    fill(this, this.#frame, this.parts, el("p", { className: "hint" }, t("box.hint")));
    this.mark(null);
  }

  /** Draw the box `{x0, y0, x1, y1}` that is searched for; null for none. */
  mark(box) {
    this.#box = box;
    this.box.hidden = !box || isWhole(box);
    if (box) place(this.box, box);
    this.#showParts();
  }

  /** Offer the products that were found in the photo, as `{box, asked}`. */
  offer(found) {
    this.#found = found;
    this.#showParts();
  }

  #showParts() {
    const chosen = this.#chosen();
    const pick = (found) => () => this.onbox(found.asked);
    fill(
      this.dots,
      this.#found.length > 1 && this.#found.map((found, at) => {
        // The frame and its parts say the same to those who cannot see it; the dot is for the pointer alone.
        const dot = el("span", { className: `photo-dot${at === chosen ? " chosen" : ""}`, "aria-hidden": "true", title: t("box.part", { number: at + 1 }), onpointerdown: (event) => event.stopPropagation(), onclick: pick(found) });
        Object.assign(dot.style, { left: `${50 * (found.box.x0 + found.box.x1)}%`, top: `${50 * (found.box.y0 + found.box.y1)}%` });
        return dot;
      }),
    );
    const parts = this.#found.length > 1
      ? this.#found.map((found, at) => this.#part(cut(this.query, found.box), t("box.part", { number: at + 1 }), at === chosen, pick(found)))
      : [];
    const whole = el(
      "button", { type: "button", className: "quiet photo-whole", "data-key": "whole", "aria-pressed": String(Boolean(this.#box && isWhole(this.#box))), onclick: () => this.onbox("0,0,1,1") },
      icon("whole"), t("box.whole"),
    );
    const focused = this.parts.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    fill(this.parts, parts, whole);
    if (focused) this.parts.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  #part(look, label, pressed, onclick) {
    return el("button", { type: "button", className: "photo-part", "data-key": label, "aria-label": label, "aria-pressed": String(pressed), onclick }, look);
  }

  #chosen() {
    if (!this.#box || isWhole(this.#box)) return -1;
    const overlaps = this.#found.map((found) => overlap(found.box, this.#box));
    return overlaps.indexOf(Math.max(...overlaps, SAME));
  }

  #point(event) {
    const frame = this.#frame.getBoundingClientRect();
    return { x: within((event.clientX - frame.left) / frame.width), y: within((event.clientY - frame.top) / frame.height) };
  }

  #down(event) {
    if (event.button !== 0) return;
    this.#frame.setPointerCapture(event.pointerId);
    this.#start = this.#point(event);
    this.before = this.#box;
  }

  #move(event) {
    if (!this.#start) return;
    const { x, y } = this.#point(event);
    const start = this.#start;
    if (Math.max(Math.abs(x - start.x), Math.abs(y - start.y)) < CLICK) return;
    this.#draw({ x0: Math.min(x, start.x), y0: Math.min(y, start.y), x1: Math.max(x, start.x), y1: Math.max(y, start.y) });
  }

  #up() {
    if (!this.#start) return;
    const start = this.#start;
    this.#start = null;
    const box = this.#box;
    if (box === this.before) return this.#click(start);
    if (box && box.x1 - box.x0 >= SMALLEST && box.y1 - box.y0 >= SMALLEST) this.onbox(boxText(box));
    else this.mark(this.before);
  }

  /** A click takes the smallest product under it. */
  #click({ x, y }) {
    const under = this.#found.filter(({ box }) => x >= box.x0 && x <= box.x1 && y >= box.y0 && y <= box.y1);
    const [smallest] = under.sort((a, b) => area(a.box) - area(b.box));
    if (smallest) this.onbox(smallest.asked);
  }

  #key(event) {
    const [x, y] = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key] ?? [0, 0];
    if (!x && !y) return;
    event.preventDefault();
    const box = this.#box && !isWhole(this.#box) ? this.#box : { x0: 0.25, y0: 0.25, x1: 0.75, y1: 0.75 };
    const moved = event.shiftKey
      ? { ...box, x1: within(Math.max(box.x1 + x, box.x0 + SMALLEST)), y1: within(Math.max(box.y1 + y, box.y0 + SMALLEST)) }
      : shifted(box, x, y);
    this.#draw(moved);
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.onbox(boxText(moved)), 350);
  }

  #draw(box) {
    this.#box = box;
    this.box.hidden = false;
    place(this.box, box);
  }
}

/** Return a picture of the part of the photo. */
function cut(query, box) {
  const side = 64;
  const canvas = el("canvas", { width: side, height: side, "aria-hidden": "true" });
  const image = new Image();
  image.onload = () => {
    const [wide, high] = [(box.x1 - box.x0) * query.width, (box.y1 - box.y0) * query.height];
    const scale = side / Math.max(wide, high);
    const [x, y] = [(side - wide * scale) / 2, (side - high * scale) / 2];
    canvas.getContext("2d").drawImage(image, box.x0 * query.width, box.y0 * query.height, wide, high, x, y, wide * scale, high * scale);
  };
  image.src = query.url;
  return canvas;
}

function isWhole(box) {
  return area(box) >= 0.999;
}

function area(box) {
  return (box.x1 - box.x0) * (box.y1 - box.y0);
}

function overlap(a, b) {
  const wide = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  const high = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  const common = Math.max(0, wide) * Math.max(0, high);
  return common / (area(a) + area(b) - common);
}

function within(value) {
  return Math.min(1, Math.max(0, value));
}

function shifted(box, x, y) {
  const dx = Math.min(1 - box.x1, Math.max(-box.x0, x));
  const dy = Math.min(1 - box.y1, Math.max(-box.y0, y));
  return { x0: box.x0 + dx, y0: box.y0 + dy, x1: box.x1 + dx, y1: box.y1 + dy };
}

customElements.define("sl-photo-box", PhotoBox);
