/** What the shopper put into the basket; this browser keeps it. */

import { tell } from "./visitor.js";

const BASKET = "shoplens.basket";
const MOST = 99;

/** Return the items as `{id, quantity}`. */
export function basket() {
  try {
    return JSON.parse(localStorage.getItem(BASKET)) ?? [];
  } catch {
    return [];
  }
}

/** Return how many pieces there are in all. */
export function pieces() {
  return basket().reduce((sum, item) => sum + item.quantity, 0);
}

/** Put one more of the product in. */
export function putIn(id) {
  const now = basket().find((item) => item.id === id)?.quantity ?? 0;
  return setQuantity(id, now + 1);
}

/** Set how many of the product are in; 0 takes it out. */
export function setQuantity(id, quantity) {
  const items = basket();
  const now = items.find((item) => item.id === id)?.quantity ?? 0;
  const next = Math.min(MOST, Math.max(0, quantity));
  if (next === now) return;
  const others = items.map((item) => (item.id === id ? { id, quantity: next } : item)).filter((item) => item.quantity > 0);
  keep(now === 0 ? [...others, { id, quantity: next }] : others);
  tell(next > now ? "add-to-cart" : "remove-from-cart", [{ id, quantity: Math.abs(next - now) }]);
}

/** Buy everything: the shop is told, and the basket is empty. Returns when the shop knows. */
export async function buyAll() {
  await tell("purchase-complete", basket());
  keep([]);
}

/** Empty the basket without a word to the shop. */
export function forgetBasket() {
  keep([]);
}

function keep(items) {
  if (items.length) localStorage.setItem(BASKET, JSON.stringify(items));
  else localStorage.removeItem(BASKET);
  dispatchEvent(new Event("sl-basket"));
}
