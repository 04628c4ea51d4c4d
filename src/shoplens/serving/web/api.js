/** Calls of the shop's own API. */

const KEPT = 60;
const FRESH_MS = 60_000;
const answers = new Map();

/** An answer that is no success: `status` is 0 where the server could not be reached. */
export class ApiError extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

/** Fetch JSON; the same question within a minute is answered from memory, so that going back is instant. */
export async function get(path, parameters = {}, signal = undefined) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== "" && one !== undefined) query.append(name, one);
  }
  const address = query.size ? `${path}?${query}` : path;
  const kept = answers.get(address);
  if (kept && Date.now() - kept.at < FRESH_MS) return kept.answer;
  const answer = await call(address, { signal });
  answers.set(address, { at: Date.now(), answer });
  if (answers.size > KEPT) answers.delete(answers.keys().next().value);
  return answer;
}

/** Send JSON. */
export function post(path, body, signal = undefined) {
  return call(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" }, signal });
}

/** Send a form, such as one with a photo. */
export function postForm(path, fields, signal = undefined) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== "" && one !== undefined) form.append(name, one);
  }
  return call(path, { method: "POST", body: form, signal });
}

/** Send the API key once; the browser keeps it in a cookie that scripts cannot read. */
export function signIn(key) {
  return call("/v1/session", { method: "POST", headers: { "X-API-Key": key } });
}

/** Return the API's path of a product, whatever its id is made of. */
export function productPath(id, part) {
  return `/v1/products/${encodeURIComponent(id)}/${part}`;
}

async function call(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, "unreachable", String(error));
  }
  if (response.status === 204) return null;
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, body.code ?? "", body.detail ?? "");
  return body;
}
