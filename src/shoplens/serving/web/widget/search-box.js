/** One field for words and photos, with its results below: `<shoplens-search>`. */

import { el, fill, icon } from "../dom.js";
import { UnreadablePhoto, shrink } from "../shrink.js";
import { ShopElement } from "./shop-element.js";

class SearchBox extends ShopElement {
  draw() {
    this.words = el("input", { type: "search", part: "field", placeholder: this.t("placeholder"), "aria-label": this.t("words"), autocomplete: "off", enterkeyhint: "search", maxlength: 200, dir: "auto" });
    const file = el("input", { type: "file", accept: "image/*", class: "unseen", "aria-label": this.t("photo"), onchange: () => file.files[0] && this.#byPhoto(file.files[0]) });
    const submit = (event) => {
      event.preventDefault();
      if (this.words.value.trim()) this.#show(() => this.ask(`/v1/search?${new URLSearchParams({ q: this.words.value.trim(), limit: this.limit })}`));
    };
    this.chosen = el("span", { class: "chosen", hidden: true });
    this.said = el("p", { class: "said", role: "status", part: "said" });
    this.results = el("div", {});
    fill(
      this.body,
      el(
        "form", { class: "search", role: "search", part: "search", onsubmit: submit, onpaste: (event) => this.#take(event, event.clipboardData), ondragover: (event) => event.preventDefault(), ondrop: (event) => this.#take(event, event.dataTransfer) },
        el("button", { type: "submit", class: "icon-button", "aria-label": this.t("go") }, icon("search")),
        this.chosen, this.words,
        el("label", { class: "picker", title: this.t("photo") }, file, el("span", { class: "icon-button" }, icon("camera"))),
      ),
      this.said, this.results,
    );
  }

  #take(event, brought) {
    const [photo] = brought?.files ?? [];
    if (!photo) return;
    event.preventDefault();
    this.#byPhoto(photo);
  }

  #byPhoto(file) {
    this.#show(async () => {
      const { blob } = await shrink(file);
      this.#showChosen(blob);
      const form = new FormData();
      form.append("photo", new File([blob], "photo.jpg", { type: blob.type }));
      form.append("limit", String(this.limit));
      return this.ask("/v1/search", { method: "POST", body: form });
    }, true);
  }

  #showChosen(blob) {
    const url = URL.createObjectURL(blob);
    const photo = el("img", { src: url, alt: this.t("your_photo"), width: 34, height: 34, onload: () => URL.revokeObjectURL(url) });
    const clear = () => {
      this.chosen.hidden = true;
      this.said.textContent = "";
      fill(this.results);
      this.words.focus();
    };
    fill(this.chosen, photo, el("button", { type: "button", class: "icon-button small", "aria-label": this.t("without"), onclick: clear }, icon("close")));
    this.chosen.hidden = false;
    this.words.value = "";
  }

  async #show(question, photo = false) {
    if (!photo) this.chosen.hidden = true;
    this.said.textContent = "";
    fill(this.results, this.outlines(Math.min(this.limit, 4)));
    try {
      const answer = await question();
      this.said.textContent = answer.no_match ? this.t("no_match") : answer.results.length ? "" : this.t("none");
      fill(this.results, this.cards(answer));
      this.dispatchEvent(new CustomEvent("shoplens-results", { bubbles: true, composed: true, detail: answer }));
    } catch (error) {
      if (error.name === "AbortError") return;
      fill(this.results, error instanceof UnreadablePhoto ? el("p", { class: "said", role: "alert" }, this.t("unreadable")) : this.problem(error));
    }
  }
}

customElements.define("shoplens-search", SearchBox);
