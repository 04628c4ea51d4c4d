/** Line icons; they say nothing to screen readers. */

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  home: "M4 11l8-7 8 7M6 10v10h12V10M10 20v-6h4v6",
  import: "M12 4v11M7.5 10.5L12 15l4.5-4.5M4 17v3h16v-3",
  catalogue: "M4 5h16v14H4zM4 10h16M10 10v9",
  review: "M9 11.5l2.5 2.5L20 5.5M20 12v7H4V5h10",
  train: "M4 19V5M4 19h16M7.5 15l3.5-4 3 2.5L20 7",
  rules: "M12 3l8 3v6c0 4.5-3.3 7.6-8 9-4.7-1.4-8-4.5-8-9V6zM8.5 12l2.5 2.5 4.5-5",
  settings: "M5 7h9M18 7h1M5 17h1M10 17h9M16 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  shop: "M5 9v11h14V9M3.5 9L5 4h14l1.5 5M3.5 9a2.8 2.8 0 0 0 5.6 0 2.8 2.8 0 0 0 5.8 0 2.8 2.8 0 0 0 5.6 0M10 20v-5h4v5",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 12.5l4.5 4.5L19 7",
  alert: "M12 4l9 16H3zM12 10v4.5M12 17.2v.1",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.5M12 7.6v.1",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  folder: "M3 6h6l2 2h10v11H3z",
  arrow: "M5 12h14M13 6l6 6-6 6",
  back: "M19 12H5M11 6l-6 6 6 6",
  undo: "M8 5L4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3",
  key: "M14 14a5 5 0 1 0-4.6-3L3 17.5V21h3.5v-2.5H9V16l1.7-1.6c1 .4 2.100-.4 3.300-.4M15.500 8.500h.1",
  tag: "M4 4h8l8 8-8 8-8-8zM8 8h.1",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01",
  keyboard: "M3 7h18v11H3zM7 11h.1M11 11h.1M15 11h.1M8 14.500h8",
  refresh: "M20 11a8 8 0 0 0-14.500-4L3.500 9M3.500 4v5h5M4 13a8 8 0 0 0 14.500 4l2-2M20.500 20v-5h-5",
  pause: "M8 5v14M16 5v14",
  plus: "M12 5v14M5 12h14",
};

/** Return an icon. */
export function symbol(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
