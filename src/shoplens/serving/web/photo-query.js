/** Photos that the reader searches with. They live in this tab only, and outlive a reload of it. */

import { askForm } from "./api.js";
import { shrink } from "./shrink.js";

const KEPT = 6;
const STORED = "shoplens.photos";
const EXAMPLE = "example-";
const MARGIN = 0.1;
const queries = new Map();

/** Shrink the photo and keep it under a new id. What is kept is drawn anew, so EXIF never leaves the browser. */
export async function newPhotoQuery(file) {
  const id = String(1 + Math.max(0, ...stored().map((one) => Number(one.id)), ...[...queries.keys()].map((one) => Number(one) || 0)));
  const query = await shrunk(id, file);
  await store(query);
  return query;
}

/** Return the photo kept under the id, an example of the shop under `example-NAME`, or nothing where it is gone. */
export async function photoQuery(id) {
  if (queries.has(id)) return queries.get(id);
  if (id.startsWith(EXAMPLE)) {
    const answer = await fetch(`/v1/examples/${encodeURIComponent(id.slice(EXAMPLE.length))}`);
    return answer.ok ? shrunk(id, await answer.blob()) : null;
  }
  const one = stored().find((other) => other.id === id);
  if (!one) return null;
  // The content policy lets nothing be fetched from a "data:" address, so it is read by hand.
  const bytes = Uint8Array.from(atob(one.data.split(",")[1]), (letter) => letter.charCodeAt(0));
  return keep({ ...one, blob: new Blob([bytes], { type: "image/jpeg" }) });
}

/** Return the id of an example photo of the shop. */
export function exampleId(name) {
  return EXAMPLE + name;
}

/** Forget every photo of this tab. */
export function forgetPhotos() {
  for (const query of queries.values()) URL.revokeObjectURL(query.url);
  queries.clear();
  sessionStorage.removeItem(STORED);
}

/** Ask what looks like the photo; the same question is asked once. */
export async function searchByPhoto(query, fields, signal) {
  const key = JSON.stringify(fields);
  if (!query.answers.has(key)) query.answers.set(key, await askForm("/v1/search", { photo: named(query), ...fields }, signal));
  return query.answers.get(key);
}

/**
 * Find the products in the photo. Their results come with them, so a click on one is answered at once.
 *
 * Returns `[{ box, asked }]`, `asked` being the box to search with; none where the photo shows one thing as a whole.
 */
export async function findObjects(query, fields, signal) {
  if (query.objects) return query.objects;
  const { groups, token } = await askForm("/v1/search/objects", { photo: named(query), ...fields, beside: true }, signal);
  const found = groups.filter((group) => group.score > 0).map((group) => ({ box: group.box, asked: boxText(withMargin(group.box)) }));
  found.forEach(({ box, asked }, at) => {
    const group = groups[at];
    query.answers.set(JSON.stringify({ ...fields, box: asked }), { no_match: false, kinds: [], ...group, box, token });
  });
  query.objects = found;
  return found;
}

/** Ask why a product matches the photo, or the part of it in the box. */
export function whyMatch(query, product, box, signal) {
  return askForm("/v1/why", { photo: named(query), product, box: box ? boxText(box) : "" }, signal);
}

/** Return the box as the API reads it. */
export function boxText(box) {
  return [box.x0, box.y0, box.x1, box.y1].map((value) => value.toFixed(3)).join(",");
}

/** Return the box of a text, or nothing. */
export function parseBox(text) {
  const [x0, y0, x1, y1] = (text ?? "").split(",").map(Number);
  return x1 > x0 && y1 > y0 ? { x0, y0, x1, y1 } : null;
}

/** Return the box with a tenth of its size around it, as the shop's own photos were seen. */
function withMargin({ x0, y0, x1, y1 }) {
  const [across, down] = [MARGIN * (x1 - x0), MARGIN * (y1 - y0)];
  return { x0: Math.max(0, x0 - across), y0: Math.max(0, y0 - down), x1: Math.min(1, x1 + across), y1: Math.min(1, y1 + down) };
}

async function shrunk(id, file) {
  return keep({ id, ...(await shrink(file)) });
}

function keep({ id, blob, width, height }) {
  const query = { id, blob, width, height, url: URL.createObjectURL(blob), answers: new Map(), objects: null };
  queries.set(id, query);
  return query;
}

function named(query) {
  return new File([query.blob], "photo.jpg", { type: "image/jpeg" });
}

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(STORED)) ?? [];
  } catch {
    return [];
  }
}

async function store({ id, blob, width, height }) {
  const data = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(blob);
  });
  try {
    sessionStorage.setItem(STORED, JSON.stringify([...stored(), { id, data, width, height }].slice(-KEPT)));
  } catch {
    // The browser has no room for it: the photo lasts until the page is reloaded.
  }
}
