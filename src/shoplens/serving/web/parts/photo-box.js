/** A photo with a box that can be dragged, moved by the arrow keys, or set anew: `<sl-photo-box>`. */

import { el, fill, icon } from "../dom.js";
import { t } from "../i18n.js";

const STEP = 0.02;
const SMALLEST = 0.05;

class PhotoBox extends HTMLElement {
  #box = null;
  #frame = null;
  #start = null;
  #waiting = 0;

  /** Show the photo; `onbox` is called with a new box, or with null for the whole photo. */
  open(query, onbox) {
    this.onbox = onbox;
    this.#frame = el("div", {
      className: "photo-box-frame", tabindex: 0, role: "group", "aria-label": t("box.keys"), onkeydown: (event) => this.#key(event),
      onpointerdown: (event) => this.#down(event), onpointermove: (event) => this.#move(event), onpointerup: () => this.#up(),
      onpointercancel: () => (this.#start = null),
    });
    this.box = el("div", { className: "photo-box-mark" });
    this.whole = el("button", { className: "quiet", type: "button", onclick: () => this.onbox(null) }, icon("whole"), t("box.whole"));
    const photo = el("img", { src: query.url, alt: t("box.photo"), width: query.width, height: query.height, draggable: "false" });
    this.#frame.append(photo, this.box);
    fill(this, this.#frame, el("p", { className: "hint" }, t("box.hint")), this.whole);
    this.mark(null, false);
  }

  /** Draw the box `{x0, y0, x1, y1}`; null for none. */
  mark(box, chosen) {
    this.#box = box;
    this.box.hidden = !box;
    this.whole.hidden = !chosen;
    if (!box) return;
    Object.assign(this.box.style, {
      left: `${box.x0 * 100}%`, top: `${box.y0 * 100}%`, width: `${(box.x1 - box.x0) * 100}%`, height: `${(box.y1 - box.y0) * 100}%`,
    });
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
    this.mark({ x0: Math.min(x, start.x), y0: Math.min(y, start.y), x1: Math.max(x, start.x), y1: Math.max(y, start.y) }, true);
  }

  #up() {
    if (!this.#start) return;
    this.#start = null;
    const box = this.#box;
    if (box && box.x1 - box.x0 >= SMALLEST && box.y1 - box.y0 >= SMALLEST) this.onbox(box);
    else this.mark(this.before, false);
  }

  #key(event) {
    const [x, y] = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key] ?? [0, 0];
    if (!x && !y) return;
    event.preventDefault();
    const box = this.#box ?? { x0: 0.25, y0: 0.25, x1: 0.75, y1: 0.75 };
    const moved = event.shiftKey
      ? { ...box, x1: within(Math.max(box.x1 + x, box.x0 + SMALLEST)), y1: within(Math.max(box.y1 + y, box.y0 + SMALLEST)) }
      : shifted(box, x, y);
    this.mark(moved, true);
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.onbox(moved), 350);
  }
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
