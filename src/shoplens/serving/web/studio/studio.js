/** Starts the studio: language, frame, and the page of the current address. */

import { parseAddress } from "../address.js";
import { fill } from "../dom.js";
import { preferredLanguage } from "../i18n.js";
import { drawFrame, markPlace } from "./parts/frame.js";
import { listenForKeys } from "./parts/shortcuts.js";
import { trouble } from "./parts/trouble.js";
import { t, useWords } from "./words.js";
import "./pages/overview-page.js";
import "./pages/import-page.js";
import "./pages/catalogue-page.js";
import "./pages/product-page.js";
import "./pages/review-page.js";
import "./pages/train-page.js";
import "./pages/rules-page.js";
import "./pages/settings-page.js";

const PAGES = {
  home: "st-overview-page",
  import: "st-import-page",
  catalogue: "st-catalogue-page",
  product: "st-product-page",
  review: "st-review-page",
  train: "st-train-page",
  rules: "st-rules-page",
  settings: "st-settings-page",
};

const main = document.getElementById("main");
let running = new AbortController();
let first = true;

/** Show the page of the address; a page of the same kind is asked to show the new place itself. */
async function show(anew = false) {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  const place = parseAddress(location.hash);
  const name = place.page in PAGES ? place.page : "home";
  const old = main.firstElementChild;
  const follows = !anew && old?.localName === PAGES[name] && old.follows?.(place);
  const page = follows ? old : document.createElement(PAGES[name]);
  if (!follows) {
    fill(main, page);
    scrollTo(0, 0);
  }
  markPlace(name === "product" ? "catalogue" : name);
  main.setAttribute("aria-busy", "true");
  try {
    await page.show(place, signal);
    if (signal.aborted) return;
    document.title = `${page.pageTitle} – ${t("studio")}`;
    if (!first && !follows && !anew && !page.contains(document.activeElement)) main.focus({ preventScroll: true });
  } catch (error) {
    if (signal.aborted || error.name === "AbortError") return;
    fill(page, trouble(error, () => show(true)));
  }
  first = false;
  main.removeAttribute("aria-busy");
}

async function start(language) {
  await useWords(language);
  document.getElementById("skip").textContent = t("skip");
  await drawFrame(document.getElementById("side"), start);
  await show(true);
}

addEventListener("popstate", () => show());
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
listenForKeys();
start(preferredLanguage());
