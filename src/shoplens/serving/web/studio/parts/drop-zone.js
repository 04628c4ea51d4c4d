/** A place to drop a feed, an archive or a folder: what it holds is read in the browser, folders too. */

import { el } from "../../dom.js";
import { t } from "../words.js";
import { symbol } from "./symbol.js";

/** Return the place; `brought` is called with `[{file, path}]`. */
export function dropZone(brought) {
  const files = picker(false, t("import.pick_file"), "file", brought);
  const folder = picker(true, t("import.pick_folder"), "folder", brought);
  const zone = el(
    "div", { className: "drop" },
    el("span", { className: "drop-sign" }, symbol("import")), el("h2", {}, t("import.drop")), el("p", {}, t("import.drop_about")),
    el("div", { className: "drop-picks" }, files, folder),
  );
  const over = (on) => (event) => {
    event.preventDefault();
    zone.classList.toggle("over", on);
  };
  zone.addEventListener("dragenter", over(true));
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", async (event) => {
    over(false)(event);
    const found = await dropped(event.dataTransfer);
    if (found.length) brought(found);
  });
  return zone;
}

function picker(folder, label, sign, brought) {
  const input = el("input", { type: "file", className: "unseen", multiple: folder, webkitdirectory: folder, accept: folder ? false : ".csv,.tsv,.txt,.xml,.json,.jsonl,.zip" });
  input.addEventListener("change", () => {
    const found = [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
    input.value = "";
    if (found.length) brought(found.filter(wanted));
  });
  return el("label", { className: "picker" }, input, el("span", { className: `btn${folder ? "" : " primary"}` }, symbol(sign), label));
}

async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const found = await Promise.all(entries.map((entry) => walked(entry, "")));
  return found.flat().filter(wanted);
}

async function walked(entry, before) {
  const path = `${before}${entry.name}`;
  if (entry.isFile) return [{ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), path }];
  const reader = entry.createReader();
  const found = [];
  // A reader gives a hundred at a time, and nothing once all are read.
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found.flat();
    found.push(...(await Promise.all(some.map((one) => walked(one, `${path}/`)))));
  }
}

function wanted({ path }) {
  return !path.split("/").some((part) => part.startsWith(".") || part.startsWith("__MACOSX"));
}
