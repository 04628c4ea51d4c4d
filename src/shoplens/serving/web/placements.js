/** What the shop recommends, by the place where it stands. All questions to the recommender are here. */

import { ask, get } from "./api.js";

/** What could stand in for a product. */
export function similarTo(id, limit, signal) {
  return beside("similar", id, limit, signal);
}

/** What goes well with a product. */
export function goesWith(id, limit, signal) {
  return goesWithAll([id], limit, signal);
}

/** What makes a whole outfit or set with a product. */
export function completeTheLook(id, limit, signal) {
  return beside("complete-the-look", id, limit, signal);
}

/** What goes well with all of several products; where no looks tell, what is bought with them. */
export async function goesWithAll(products, limit, signal) {
  const found = await ask("/v1/recommend/goes-with", { products, limit }, signal);
  return found.results.length ? found : ask("/v1/recommend/bought-together", { products, limit }, signal);
}

/** What suits a shopper who viewed these products, the newest last. */
export function forShopper(viewed, limit, signal) {
  return ask("/v1/recommend/for-you", { viewed, limit }, signal);
}

/** What is cared for more than it used to be, or where little is known of that, what most care for. */
export async function trending(limit, signal) {
  const rising = await ask("/v1/recommend/trending", { limit }, signal);
  return rising.results.length ? rising : popularAmong({ limit }, signal);
}

/** What most care for among the products that the filter's fields keep. */
export function popularAmong(fields, signal) {
  return ask("/v1/recommend/popular", fields, signal);
}

function beside(placement, product, limit, signal) {
  return get(`/v1/recommend/${placement}`, { product, limit }, signal);
}
