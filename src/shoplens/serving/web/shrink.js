/** Makes photos small before they are sent. */

const LONGEST = 1024;
const QUALITY = 0.85;

/** A file that the browser cannot read as a picture. */
export class UnreadablePhoto extends Error {}

/**
 * Return the picture of a file as a JPEG, `{ blob, width, height }`, its longer side at most 1024 pixels.
 *
 * It is drawn anew, so EXIF never leaves the browser.
 */
export async function shrink(file) {
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
  return { blob, width: canvas.width, height: canvas.height };
}
