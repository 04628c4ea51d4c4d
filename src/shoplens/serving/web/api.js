/** Calls of the shop's own API. */

const KEPT = 60;
const FRESH_MS = 60_000;
const PATIENCE_MS = 25_000;
const BUSY = new Set([429, 503]);
const LONGEST_PAUSE_S = 4;
const answers = new Map();

/** An answer that is no success: `status` is 0 where the server could not be reached or took too long. */
export class ApiError extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

/** Fetch JSON; the same question within a minute is answered from memory, so that going back is instant. */
export async function get(path, parameters = {}, signal = undefined) {
  signal?.throwIfAborted();
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) if (one !== "" && one !== undefined) query.append(name, one);
  }
  const address = query.size ? `${path}?${query}` : path;
  const kept = answers.get(address);
  if (kept && Date.now() - kept.at < FRESH_MS) return kept.answer;
  const answer = await patiently(() => call(address, { signal }), signal);
  answers.set(address, { at: Date.now(), answer });
  if (answers.size > KEPT) answers.delete(answers.keys().next().value);
  return answer;
}

/** Ask with JSON; a busy shop is asked once more. */
export function ask(path, body, signal = undefined) {
  return patiently(() => post(path, body, signal), signal);
}

/** Send JSON, once. */
export function post(path, body, signal = undefined) {
  return call(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" }, signal });
}

/** Ask with a form, such as one with a photo; a busy shop is asked once more. */
export function askForm(path, fields, signal = undefined) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) if (one !== "" && one !== undefined) form.append(name, one);
  }
  return patiently(() => call(path, { method: "POST", body: form, signal }), signal);
}

/** Ask for something to be deleted. */
export function remove(path) {
  return call(path, { method: "DELETE" });
}

/** Send the API key once; the browser keeps it in a cookie that scripts cannot read. */
export function signIn(key) {
  return call("/v1/session", { method: "POST", headers: { "X-API-Key": key } });
}

/** Return the API's path of a product, whatever its id is made of. */
export function productPath(id, part) {
  return `/v1/products/${encodeURIComponent(id)}/${part}`;
}

/** Ask, and once more after the pause that a busy server asks for: most rushes are over by then. */
async function patiently(question, signal) {
  try {
    return await question();
  } catch (error) {
    if (!BUSY.has(error.status)) throw error;
    await pause(Math.min(error.pause_s ?? 1, LONGEST_PAUSE_S) * 1000 * (1 + Math.random() / 2), signal);
    return question();
  }
}

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const waiting = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(waiting);
      reject(signal.reason);
    });
  });
}

async function call(address, options) {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, patience]) : patience;
  let response;
  try {
    response = await fetch(address, { ...options, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, error.name === "TimeoutError" ? "slow" : "unreachable", String(error));
  }
  if (response.status === 204) return null;
  const body = await read(response);
  if (response.ok) return body;
  const refused = new ApiError(response.status, body.code ?? "", body.detail ?? "");
  refused.pause_s = Number(response.headers.get("Retry-After")) || 1;
  throw refused;
}

/** Return the answer's JSON; what was cut short is no answer, and a refusal may be of any kind. */
export async function read(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    if (response.ok) throw new ApiError(0, error.name === "TimeoutError" ? "slow" : "unreachable", String(error));
    return {};
  }
}
