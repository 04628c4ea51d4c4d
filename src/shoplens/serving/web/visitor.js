/** Who is looking: a random name, what was seen in this session, and the events that tell the shop of it. */

import { post } from "./api.js";

const VISITOR = "shoplens.visitor";
const VIEWED = "shoplens.viewed";
const AT_MOST = 50;
const tokens = new Map();

/** Remember which answer a product came from, so that an event can name it. */
export function noteAnswer(matches) {
  for (const match of matches.results) tokens.set(match.product.id, matches.token);
}

/** Return what was viewed in this session, the newest last, as `{id, title}`. */
export function viewed() {
  try {
    return JSON.parse(sessionStorage.getItem(VIEWED)) ?? [];
  } catch {
    return [];
  }
}

/** Note a view for this session and tell the shop. */
export function noteView(product) {
  const earlier = viewed().filter((one) => one.id !== product.id);
  sessionStorage.setItem(VIEWED, JSON.stringify([...earlier, { id: product.id, title: product.title }].slice(-AT_MOST)));
  const event = {
    eventType: "detail-page-view",
    visitorId: visitorId(),
    eventTime: new Date().toISOString(),
    productDetails: [{ product: { id: product.id } }],
  };
  const token = tokens.get(product.id);
  // A lost event must not disturb the shopper; the server counts the ones that it refuses.
  post("/v1/events", token ? { ...event, attributionToken: token } : event).catch(() => {});
}

function visitorId() {
  let id = localStorage.getItem(VISITOR);
  if (!id) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    localStorage.setItem(VISITOR, id);
  }
  return id;
}
