/** Where the reader is: `#/search?q=red`, `#/product/ID`, `#/photo/1?box=...`, `#/catalogue?finding=...`. */

/** Return the place of an address: its page, the id behind it, and its parameters. */
export function parseAddress(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [page, ...rest] = path.split("/");
  return { page: page || "home", id: decoded(rest.join("/")), parameters: new URLSearchParams(query) };
}

/** Return the address of a place; empty parameters are left out. */
export function addressOf(page, id = "", parameters = {}) {
  const kept = Object.entries(parameters).filter(([, value]) => value !== "" && value !== undefined && value !== false);
  const query = new URLSearchParams(kept).toString();
  return `#/${page === "home" ? "" : page}${id === "" ? "" : `/${encodeURIComponent(id)}`}${query ? `?${query}` : ""}`;
}

/** Go to a place. */
export function goTo(page, id = "", parameters = {}) {
  location.hash = addressOf(page, id, parameters);
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
