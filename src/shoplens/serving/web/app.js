/** Starts the page: language, header, and the page of the current address. */

import { here } from "./address.js";
import { get } from "./api.js";
import { fill } from "./dom.js";
import { preferredLanguage, t, useLanguage } from "./i18n.js";
import { drawFooter, drawHeader } from "./parts/header.js";
import { acceptPhotosAnywhere } from "./parts/photo-drop.js";
import { problem } from "./parts/problem.js";
import "./pages/home-page.js";
import "./pages/search-page.js";
import "./pages/product-page.js";
import "./pages/basket-page.js";

const PAGES = {
  home: "sl-home-page",
  search: "sl-search-page",
  photo: "sl-search-page",
  product: "sl-product-page",
  basket: "sl-basket-page",
};

const main = document.getElementById("main");
const scrolls = new Map();
let running = new AbortController();
let shown = "";

/** Show the page of the address; a page of the same kind is asked to show the new place itself. */
async function show(anew = false) {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  const place = here();
  // An entry of the history that was here before has the mark: the reader went back or forward.
  const revisited = history.state !== null;
  if (!revisited) history.replaceState({ visited: true }, "");
  const first = shown === "";
  shown = location.href;
  dispatchEvent(new Event("sl-place"));
  const tag = PAGES[place.page] ?? PAGES.home;
  const old = main.firstElementChild;
  const follows = !anew && old?.localName === tag && old.follows(place);
  const page = follows ? old : document.createElement(tag);
  if (!follows) fill(main, page);
  if (!follows && !revisited) scrollTo(0, 0);
  main.setAttribute("aria-busy", "true");
  try {
    await page.show(place, signal);
    if (signal.aborted) return;
    document.title = page.pageTitle ? `${page.pageTitle} – ${document.body.dataset.shop}` : document.body.dataset.shop;
    if (revisited && !anew) scrollTo(0, scrolls.get(shown) ?? 0);
    if (!first && !follows && !anew) main.focus({ preventScroll: true });
  } catch (error) {
    if (signal.aborted || error.name === "AbortError") return;
    fill(page, problem(error, () => show(true), "h1"));
  }
  main.removeAttribute("aria-busy");
}

async function start(language) {
  // All that every page waits for is asked for at once; who has no key yet is asked for it by the page.
  await Promise.all([useLanguage(language), get("/v1/shop").catch(() => null)]);
  document.getElementById("skip").textContent = t("skip");
  await drawHeader(document.getElementById("header"), start);
  drawFooter(document.getElementById("footer"));
  await show(true);
}

history.scrollRestoration = "manual";
addEventListener("scroll", () => scrolls.set(shown, scrollY), { passive: true });
// Until there are words to show it with, an address is only noted.
addEventListener("popstate", () => shown && show());
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
acceptPhotosAnywhere();
start(preferredLanguage());
