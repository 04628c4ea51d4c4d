/** Calls of the studio's routes; nothing is kept, since a merchant wants to see what is. */

import { ApiError, read } from "../api.js";

/** Fetch JSON. */
export function ask(path, parameters = {}, signal = undefined) {
  return call(`/v1/studio/${path}${queryOf(parameters)}`, { signal });
}

/** Fetch JSON of a route that is not the studio's own. */
export function askShop(path, parameters = {}, signal = undefined) {
  return call(`/v1/${path}${queryOf(parameters)}`, { signal });
}

/** Send JSON. */
export function send(path, body = {}, signal = undefined) {
  return call(`/v1/studio/${path}`, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" }, signal });
}

/** Change something by JSON, or with the method "PUT" put it in place. */
export function patch(path, body, method = "PATCH") {
  return call(`/v1/studio/${path}`, { method, body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
}

/** Send JSON to a route that is not the studio's own. */
export function sendShop(path, body = {}) {
  return call(`/v1/${path}`, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
}

/** Delete. */
export function remove(path, parameters = {}) {
  return call(`/v1/studio/${path}${queryOf(parameters)}`, { method: "DELETE" });
}

/** Send a form to a route of the shop. */
export function sendForm(path, form) {
  return call(`/v1/${path}`, { method: "POST", body: form });
}

/** Delete by a route of the shop. */
export function removeShop(path, parameters = {}) {
  return call(`/v1/${path}${queryOf(parameters)}`, { method: "DELETE" });
}

const PORTION = 400;
const FEEDS = /\.(csv|tsv|txt|xml|jsonl?|zip)$/i;

/** Bring files to be imported, in portions where there are many; `tell` is called with the share that is there. */
export async function bring(files, tell) {
  // The feed comes first, so that every portion after it may be photos alone.
  const sorted = [...files].sort((one, other) => FEEDS.test(other.path) - FEEDS.test(one.path));
  let source = null;
  for (let start = 0; start < sorted.length; start += PORTION) {
    const form = new FormData();
    if (source) form.append("to", source.id);
    for (const { file, path } of sorted.slice(start, start + PORTION)) form.append("files", file, path);
    source = await upload("/v1/studio/sources", form, (share) => tell((start + share * Math.min(PORTION, sorted.length - start)) / sorted.length));
  }
  return source;
}

/** Follow a job; returns what ends it. `changed` gets the job at every change, `ended` once, at its end. */
export function follow(id, changed, ended = () => {}) {
  const stream = new EventSource(`/v1/studio/jobs/${id}/events`);
  stream.addEventListener("progress", (event) => changed(JSON.parse(event.data)));
  stream.addEventListener("end", (event) => {
    stream.close();
    const job = JSON.parse(event.data);
    changed(job);
    ended(job);
  });
  return () => stream.close();
}

function queryOf(parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== "" && value !== undefined && value !== null && value !== false) query.append(name, value);
  }
  return query.size ? `?${query}` : "";
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
  const body = await read(response);
  if (!response.ok) throw new ApiError(response.status, body.code ?? "", body.detail ?? "");
  return body;
}

// Only this old interface tells how much of a body has gone out.
function upload(address, form, tell) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => event.lengthComputable && tell(event.loaded / event.total));
    request.addEventListener("load", () => {
      const body = request.response ?? {};
      if (request.status < 400) resolve(body);
      else reject(new ApiError(request.status, body.code ?? "", body.detail ?? ""));
    });
    request.addEventListener("error", () => reject(new ApiError(0, "unreachable", "")));
    request.send(form);
  });
}
