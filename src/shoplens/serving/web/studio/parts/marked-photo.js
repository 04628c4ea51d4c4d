/** A photo with what was found drawn on it. */

import { el, photoUrl } from "../../dom.js";
import { findingText } from "../../i18n.js";

/** Return the photo; the box of the finding `chosen` is the strongest. */
export function markedPhoto(photo, findings, alt, chosen = null) {
  const frame = el("span", { className: "marked" }, el("img", { src: photoUrl(photo.sha256, 1280), alt, width: photo.width, height: photo.height, decoding: "async" }));
  for (const finding of findings) {
    if (!finding.box) continue;
    const { x0, y0, x1, y1 } = finding.box;
    const mark = el("span", { className: `mark ${finding.severity}${finding === chosen ? " chosen" : ""}` }, el("span", {}, findingText(finding.code).title));
    Object.assign(mark.style, { left: `${x0 * 100}%`, top: `${y0 * 100}%`, width: `${(x1 - x0) * 100}%`, height: `${(y1 - y0) * 100}%` });
    frame.append(mark);
  }
  return frame;
}
