/** What the shop recommends, by the place where it stands. All questions to the recommender are here. */

import { ask, get, productPath } from "./api.js";

/** What could stand in for a product. */
export function similarTo(id, limit, signal) {
  return get(productPath(id, "similar"), { limit }, signal);
}

/** What goes well with a product. */
export function goesWith(id, limit, signal) {
  return get(productPath(id, "goes-with"), { limit }, signal);
}

/** What goes well with all of several products. */
export function goesWithAll(products, limit, signal) {
  return ask("/v1/goes-with", { products, limit }, signal);
}

/** What suits a shopper who viewed these products, the newest last. */
export function forShopper(viewed, limit, signal) {
  return ask("/v1/recommend", { viewed, limit }, signal);
}

/** What most care for of late. */
export function popular(limit, signal) {
  return ask("/v1/recommend", { limit }, signal);
}

/** What most care for among the products that the fields keep: a category, prices, what is in stock. */
export function popularAmong({ category, min_price, max_price, availability, limit }, signal) {
  return ask("/v1/recommend", { category, min_price, max_price, availability, limit }, signal);
}
