/** Where the reader is: `#/search?q=red`, `#/product/ID`, `#/photo/1?box=...`. */

/** Return the place of an address: its page, the id behind it, and its parameters. */
export function parseAddress(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [page, ...rest] = path.split("/");
  return { page: page || "home", id: decoded(rest.join("/")), parameters: new URLSearchParams(query) };
}

/** Return the address of a place; a list becomes a parameter for each of its values, an empty one is left out. */
export function addressOf(page, id = "", parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) if (one !== "" && one !== undefined && one !== null && one !== false) query.append(name, one);
  }
  return `#/${page === "home" ? "" : page}${id === "" ? "" : `/${encodeURIComponent(id)}`}${query.size ? `?${query}` : ""}`;
}

/** Return the address of the same place with some parameters changed. */
export function changed(place, changes) {
  const now = Object.fromEntries([...new Set(place.parameters.keys())].map((name) => [name, place.parameters.getAll(name)]));
  return addressOf(place.page, place.id, { ...now, ...changes });
}

/** Go to a place. */
export function goTo(page, id = "", parameters = {}) {
  location.hash = addressOf(page, id, parameters);
}

/** Return where the reader is now: what a page shows may be one click behind, while its answer is on the way. */
export function here() {
  return parseAddress(location.hash);
}

/** Stay where the reader is, with some parameters changed. */
export function change(changes) {
  location.hash = changed(here(), changes);
}

/**
 * Return the properties of a link that stays with some parameters changed. It shows where that leads from the place, and
 * leads there from where the reader is when it is clicked.
 */
export function changing(place, changes) {
  const from = (at) => changed(at, changes(at.parameters));
  return { href: from(place), onclick: ({ currentTarget }) => currentTarget.setAttribute("href", from(here())) };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
