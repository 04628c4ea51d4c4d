/** Starts the page: language, header, and the page of the current address. */

import { parseAddress } from "./address.js";
import { fill } from "./dom.js";
import { preferredLanguage, t, useLanguage } from "./i18n.js";
import { drawFooter, drawHeader } from "./parts/header.js";
import { acceptPhotosAnywhere } from "./parts/photo-drop.js";
import { problem } from "./parts/problem.js";
import "./pages/home-page.js";
import "./pages/search-page.js";
import "./pages/product-page.js";
import "./pages/catalogue-page.js";

const PAGES = {
  home: "sl-home-page",
  search: "sl-search-page",
  photo: "sl-search-page",
  product: "sl-product-page",
  catalogue: "sl-catalogue-page",
};

const main = document.getElementById("main");
const scrolls = new Map();
let running = new AbortController();
let shown = "";
let byLink = false;

/** Show the page of the address; a page of the same kind is asked to show the new place itself. */
async function show(anew = false) {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  const hash = location.hash;
  const place = parseAddress(hash);
  const tag = PAGES[place.page] ?? PAGES.home;
  const follows = !anew && main.firstElementChild?.localName === tag && main.firstElementChild.follows(place);
  const page = follows ? main.firstElementChild : document.createElement(tag);
  if (!follows) fill(main, page);
  const first = shown === "";
  shown = hash;
  if (byLink && !follows) scrollTo(0, 0);
  const back = !byLink && !first;
  byLink = false;
  try {
    await page.show(place, signal);
    if (signal.aborted) return;
    document.title = page.title ? `${page.title} – ${document.body.dataset.shop}` : document.body.dataset.shop;
    if (back && !anew) scrollTo(0, scrolls.get(hash) ?? 0);
    if (!first && !follows && !anew) main.focus({ preventScroll: true });
  } catch (error) {
    if (signal.aborted || error.name === "AbortError") return;
    fill(page, problem(error, () => show(true)));
  }
}

async function start(language) {
  await useLanguage(language);
  document.getElementById("skip").textContent = t("skip");
  await drawHeader(document.getElementById("header"), start);
  drawFooter(document.getElementById("footer"));
  await show(true);
}

history.scrollRestoration = "manual";
addEventListener("scroll", () => scrolls.set(shown, scrollY), { passive: true });
addEventListener("popstate", () => show());
addEventListener("submit", () => (byLink = true), true);
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='#/']");
  if (link) byLink = true;
});
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
acceptPhotosAnywhere();
start(preferredLanguage());
