/** Photos that the reader searches with. They live in this tab only. */

import { postForm } from "./api.js";

const LONGEST = 1024;
const QUALITY = 0.85;
const queries = new Map();

/** A file that the browser cannot read as a picture. */
export class UnreadablePhoto extends Error {}

/**
 * Shrink the photo and keep it under a new id. What is kept is drawn anew, so EXIF never leaves the browser.
 */
export async function newPhotoQuery(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch (error) {
    throw new UnreadablePhoto(String(error));
  }
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  // A see-through picture is shown on white in shops; JPEG would make it black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!blob) throw new UnreadablePhoto("The photo could not be drawn.");
  const id = String(queries.size + 1);
  const query = { id, blob, url: URL.createObjectURL(blob), width: canvas.width, height: canvas.height, answers: new Map() };
  queries.set(id, query);
  return query;
}

/** Return the photo kept under the id; nothing after a reload of the page. */
export function photoQuery(id) {
  return queries.get(id);
}

/** Ask what looks like the photo; the same question is asked once. */
export async function searchByPhoto(query, fields, signal) {
  const key = JSON.stringify(fields);
  if (!query.answers.has(key)) {
    query.answers.set(key, await postForm("/v1/search", { photo: named(query), ...fields }, signal));
  }
  return query.answers.get(key);
}

function named(query) {
  return new File([query.blob], "photo.jpg", { type: "image/jpeg" });
}
