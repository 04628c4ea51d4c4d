/** Rows of products beside a product: `<shoplens-similar>` and `<shoplens-goes-with>`. */

import { el, fill } from "../dom.js";
import { ShopElement } from "./shop-element.js";

class ProductRow extends ShopElement {
  static observedAttributes = ["product", "limit", "heading"];

  attributeChangedCallback() {
    if (this.body) this.draw();
  }

  async draw() {
    const products = (this.getAttribute("product") ?? "").split(",").map((id) => id.trim()).filter(Boolean);
    if (!products.length) return fill(this.body);
    const heading = el("h2", { part: "heading" }, this.getAttribute("heading") ?? this.t(this.constructor.heading));
    fill(this.body, heading, this.outlines(Math.min(this.limit, 4)));
    try {
      const answer = await this.question(products);
      // Nothing to recommend is nothing to see.
      if (!answer.results.length) return fill(this.body);
      fill(this.body, heading, this.cards(answer));
      this.dispatchEvent(new CustomEvent("shoplens-results", { bubbles: true, composed: true, detail: answer }));
    } catch (error) {
      if (error.name !== "AbortError") fill(this.body, heading, this.problem(error));
    }
  }
}

class Similar extends ProductRow {
  static heading = "similar";

  question([product]) {
    return this.ask(`/v1/recommend/similar?${new URLSearchParams({ product, limit: this.limit })}`);
  }
}

class GoesWith extends ProductRow {
  static heading = "goes_with";

  /** Beside several products, what goes with all of them; where no looks tell, what is bought with them. */
  async question(products) {
    const found = await this.#placement("goes-with", products);
    return found.results.length ? found : this.#placement("bought-together", products);
  }

  #placement(name, products) {
    return this.ask(`/v1/recommend/${name}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ products, limit: this.limit }),
    });
  }
}

customElements.define("shoplens-similar", Similar);
customElements.define("shoplens-goes-with", GoesWith);
