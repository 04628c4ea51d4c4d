/** A photo with what was found drawn on it. */

import { el, photoUrl } from "../../dom.js";
import { findingText } from "../../i18n.js";

const NEAR = 0.1;

/** Return the photo; the box of the finding `chosen` is the strongest. */
export function markedPhoto(photo, findings, alt, chosen = null) {
  const frame = el("span", { className: "marked" }, el("img", { src: photoUrl(photo.sha256, 1280), alt, width: photo.width, height: photo.height, decoding: "async" }));
  const shown = findings.filter((finding) => finding.box).sort((one, other) => one.box.y0 - other.box.y0);
  for (const [at, finding] of shown.entries()) {
    const { x0, y0, x1, y1 } = finding.box;
    const mark = el("span", { className: `mark ${finding.severity}${finding === chosen ? " chosen" : ""}` }, el("span", {}, findingText(finding.code).title));
    Object.assign(mark.style, { left: `${x0 * 100}%`, top: `${y0 * 100}%`, width: `${(x1 - x0) * 100}%`, height: `${(y1 - y0) * 100}%` });
    // Boxes that begin at about one place would hide each other's names.
    const above = shown.slice(0, at).filter(({ box }) => Math.abs(box.x0 - x0) < NEAR && Math.abs(box.y0 - y0) < NEAR);
    mark.style.setProperty("--names-above", above.length);
    frame.append(mark);
  }
  return frame;
}
