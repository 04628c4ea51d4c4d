/** Rows of any number, of which only those in sight are elements: `<st-virtual-rows>`. */

import { el } from "../../dom.js";

const OVERSCAN = 6;
const PAGES_KEPT = 40;
const SETTLE_MS = 50;

class VirtualRows extends HTMLElement {
  #nodes = new Map();
  #pages = new Map();
  #total = 0;
  #every = 100;
  #focus = 0;
  #frame = 0;

  /**
   * Show the rows. `load(page)` returns a promise of a page's rows; `draw(row, index)` returns the content of one, and is
   * asked again for a row that `redraw` names; `open(row)` and `toggle(row, index, range)` are what Enter and x do.
   */
  open({ total, every, label, load, draw, open, toggle }) {
    Object.assign(this, { load, draw, onopen: open, ontoggle: toggle });
    this.#total = total;
    this.#every = every;
    this.#pages.clear();
    this.#nodes.clear();
    this.space = el("div", { className: "rows-space", role: "presentation" });
    this.setAttribute("role", "rowgroup");
    this.setAttribute("aria-label", label);
    this.replaceChildren(this.space);
    this.#focus = 0;
    this.scrollTop = 0;
    this.#measure();
    if (!this.watching) {
      this.watching = new ResizeObserver(() => this.#measure());
      this.watching.observe(this);
    }
    // The table takes its rows out and in again: what listens must not add up.
    this.onscroll = () => this.#later();
    this.onkeydown = (event) => this.#key(event);
  }

  disconnectedCallback() {
    this.watching?.disconnect();
    this.watching = null;
  }

  /** Draw those of the rows in sight again that `concerns(row)` is true for; `change(row)` returns the new row. */
  redraw(concerns = () => true, change = (row) => row) {
    for (const rows of this.#pages.values()) {
      if (Array.isArray(rows)) rows.forEach((row, place) => concerns(row) && (rows[place] = change(row)));
    }
    for (const [index, node] of this.#nodes) {
      const row = this.rowAt(index);
      if (row && concerns(row)) this.#fill(node, row, index);
    }
  }

  /** Return the row at a place, where it has been loaded. */
  rowAt(index) {
    const page = this.#pages.get(Math.floor(index / this.#every));
    return Array.isArray(page) ? page[index % this.#every] : undefined;
  }

  #measure() {
    this.height = Number.parseFloat(getComputedStyle(this).getPropertyValue("--row")) || 64;
    this.space.style.height = `${this.#total * this.height}px`;
    for (const [index, node] of this.#nodes) node.style.transform = `translateY(${index * this.height}px)`;
    this.#later();
  }

  #later() {
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.#place());
  }

  #place() {
    this.#frame = 0;
    const first = Math.max(0, Math.floor(this.scrollTop / this.height) - OVERSCAN);
    const last = Math.min(this.#total, Math.ceil((this.scrollTop + this.clientHeight) / this.height) + OVERSCAN);
    for (const [index, node] of this.#nodes) {
      if ((index < first || index >= last) && !node.contains(document.activeElement)) {
        node.remove();
        this.#nodes.delete(index);
      }
    }
    const fresh = document.createDocumentFragment();
    for (let index = first; index < last; index += 1) {
      if (!this.#nodes.has(index)) fresh.append(this.#make(index));
    }
    this.space.append(fresh);
    clearTimeout(this.settling);
    // While someone drags the bar across thousands of rows, nothing is fetched that would be gone at once.
    this.settling = setTimeout(() => this.#want(first, last), SETTLE_MS);
  }

  #make(index) {
    const node = el("div", { className: "row", role: "row", "aria-rowindex": index + 2, tabindex: index === this.#focus ? 0 : -1, "data-index": index });
    node.style.transform = `translateY(${index * this.height}px)`;
    node.addEventListener("focus", () => this.#roam(index));
    this.#nodes.set(index, node);
    const row = this.rowAt(index);
    if (row) this.#fill(node, row, index);
    else node.append(el("span", { className: "row-waiting" }));
    return node;
  }

  #fill(node, row, index) {
    const focused = node.contains(document.activeElement) && document.activeElement !== node;
    const name = focused ? document.activeElement.getAttribute("name") : null;
    node.replaceChildren(...[this.draw(row, index)].flat());
    node.classList.toggle("chosen", Boolean(node.querySelector("input:checked")));
    if (focused) (node.querySelector(`[name="${name}"]`) ?? node).focus({ preventScroll: true });
  }

  #want(first, last) {
    if (last <= first) return;
    for (let page = Math.floor(first / this.#every); page <= Math.floor((last - 1) / this.#every); page += 1) {
      if (this.#pages.has(page)) continue;
      const asked = this.load(page);
      this.#pages.set(page, asked);
      asked.then((rows) => this.#came(page, asked, rows), () => this.#pages.get(page) === asked && this.#pages.delete(page));
    }
    if (this.#pages.size > PAGES_KEPT) this.#pages.delete(this.#pages.keys().next().value);
  }

  #came(page, asked, rows) {
    if (this.#pages.get(page) !== asked) return;
    this.#pages.set(page, rows);
    for (const [index, node] of this.#nodes) {
      if (Math.floor(index / this.#every) === page && rows[index % this.#every]) this.#fill(node, rows[index % this.#every], index);
    }
    this.dispatchEvent(new CustomEvent("loaded"));
  }

  #roam(index) {
    this.#nodes.get(this.#focus)?.setAttribute("tabindex", "-1");
    this.#focus = index;
    this.#nodes.get(index)?.setAttribute("tabindex", "0");
  }

  #key(event) {
    if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    const page = Math.max(1, Math.floor(this.clientHeight / this.height) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.#total, End: this.#total };
    const row = this.rowAt(this.#focus);
    if (event.key in steps) {
      const to = Math.max(0, Math.min(this.#total - 1, this.#focus + steps[event.key]));
      event.preventDefault();
      this.#go(to);
      if (event.shiftKey && this.rowAt(to)) this.ontoggle?.(this.rowAt(to), to, true);
    } else if (event.key === "Enter" && row && event.target.matches(".row")) this.onopen?.(row);
    else if ((event.key === "x" || event.key === " ") && row && event.target.matches(".row")) {
      event.preventDefault();
      this.ontoggle?.(row, this.#focus, false);
    }
  }

  #go(index) {
    const top = index * this.height;
    if (top < this.scrollTop) this.scrollTop = top;
    else if (top + this.height > this.scrollTop + this.clientHeight) this.scrollTop = top + this.height - this.clientHeight;
    this.#place();
    this.#roam(index);
    this.#nodes.get(index)?.focus({ preventScroll: true });
  }
}

customElements.define("st-virtual-rows", VirtualRows);
