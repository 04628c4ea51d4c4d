/** Photos that are dropped or pasted anywhere on the page. */

import { goTo } from "../address.js";
import { el, fill } from "../dom.js";
import { t } from "../i18n.js";
import { newPhotoQuery } from "../photo-query.js";
import { openDialog } from "./dialog.js";
import { problem } from "./problem.js";

/** Search with the file; what cannot be read is said on the page. */
export async function searchWithFile(file) {
  try {
    goTo("photo", (await newPhotoQuery(file)).id);
  } catch (error) {
    openDialog(t("problem.label"), problem(error));
  }
}

/** Listen for dropped and pasted photos. */
export function acceptPhotosAnywhere() {
  const veil = el("div", { className: "veil", hidden: true });
  let depth = 0;
  const cover = (on) => {
    veil.hidden = !on;
    fill(veil, el("p", {}, t("drop.here")));
  };
  document.body.append(veil);
  addEventListener("dragenter", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    depth += 1;
    cover(true);
  });
  addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    if (!depth) cover(false);
  });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    cover(false);
    const [file] = event.dataTransfer.files;
    if (file) searchWithFile(file);
  });
  addEventListener("paste", (event) => {
    const [file] = event.clipboardData?.files ?? [];
    if (!file) return;
    event.preventDefault();
    searchWithFile(file);
  });
}
