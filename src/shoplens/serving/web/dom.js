/** Builds the page. Texts become text nodes, never markup. */

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  camera: "M4 8h3l2-3h6l2 3h3v11H4zM12 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8z",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5",
  close: "M6 6l12 12M18 6L6 18",
  whole: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01",
  table: "M4 5h16v14H4zM4 10h16M10 10v9",
  basket: "M3 9h18l-2 11H5zM8 9l4-6 4 6",
  more: "M12 5v14M5 12h14",
  less: "M5 12h14",
  why: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1 1-1.1 1.8M12 16.6h.01",
  filters: "M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4",
  bin: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  check: "M5 13l4 4L19 7",
  share: "M12 15V4M8 7l4-4 4 4M5 13v7h14v-7",
};

/**
 * Return an element. Properties that begin with "on" are listeners; false, null and undefined are left out.
 * Children are nodes, texts or lists of them.
 */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name === "className" ? "class" : name, value === true ? "" : value);
  }
  node.append(...kept(children));
  return node;
}

/** Replace everything in the node. */
export function fill(node, ...children) {
  node.replaceChildren(...kept(children));
  return node;
}

/** Draw a box `{x0, y0, x1, y1}` of a photo over it. */
export function place(node, box) {
  Object.assign(node.style, {
    left: `${box.x0 * 100}%`, top: `${box.y0 * 100}%`, width: `${(box.x1 - box.x0) * 100}%`, height: `${(box.y1 - box.y0) * 100}%`,
  });
  return node;
}

/** Return a line icon; it says nothing to screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Return the address of a stored photo; the listed sizes are 160, 320, 640 and 1280. */
export function photoUrl(sha256, size = 320) {
  return `/v1/photos/${sha256}?size=${size}`;
}

/** Return a square with the photo, or a quiet sign where there is none or it cannot be loaded. */
export function tile(sha256, alt, size = 320, eager = false) {
  const box = el("span", { className: "tile" });
  const empty = () => fill(box, icon("image")).classList.add("tile-empty");
  if (!sha256) empty();
  else {
    box.append(
      el("img", { src: photoUrl(sha256, size), alt, width: size, height: size, loading: eager ? "eager" : "lazy",
        decoding: "async", onerror: empty }),
    );
  }
  return box;
}

function kept(children) {
  return children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false);
}
