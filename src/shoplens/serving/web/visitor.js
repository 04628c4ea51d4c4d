/** Who is looking: a random name, what was seen in this session, and the events that tell the shop of it. */

import { post, remove } from "./api.js";

const VISITOR = "shoplens.visitor";
const VIEWED = "shoplens.viewed";
const AT_MOST = 50;
const tokens = new Map();

/** Remember which answer a product came from, so that an event can name it. */
export function noteAnswer(matches) {
  for (const match of matches.results) tokens.set(match.product.id, matches.token);
}

/** Return the products that were viewed in this session, the newest last, as they were then. */
export function viewed() {
  try {
    return JSON.parse(sessionStorage.getItem(VIEWED)) ?? [];
  } catch {
    return [];
  }
}

/** Note a view for this session and tell the shop; the same product again says nothing new. */
export function noteView(product) {
  const again = viewed().at(-1)?.id === product.id;
  const earlier = viewed().filter((one) => one.id !== product.id);
  sessionStorage.setItem(VIEWED, JSON.stringify([...earlier, product].slice(-AT_MOST)));
  if (!again) tell("detail-page-view", [{ id: product.id, quantity: 1 }]);
}

/** Tell the shop what the shopper did with the products, in Google's retail schema; `items` are `{id, quantity}`. */
export function tell(eventType, items) {
  const event = {
    eventType,
    visitorId: visitorId(),
    eventTime: new Date().toISOString(),
    productDetails: items.map(({ id, quantity }) => ({ product: { id }, quantity })),
  };
  const token = items.map(({ id }) => tokens.get(id)).find(Boolean);
  // A lost event must not disturb the shopper; the server counts the ones that it refuses.
  return post("/v1/events", token ? { ...event, attributionToken: token } : event).catch(() => {});
}

/** Return the name that this browser has given its reader, if it has. */
export function knownVisitor() {
  return localStorage.getItem(VISITOR) ?? "";
}

/** Have the shop delete all events of this visitor, then forget the name and what was viewed. */
export async function forgetVisitor() {
  const id = knownVisitor();
  if (id) await remove(`/v1/visitors/${encodeURIComponent(id)}`);
  localStorage.removeItem(VISITOR);
  sessionStorage.removeItem(VIEWED);
  tokens.clear();
}

function visitorId() {
  let id = knownVisitor();
  if (!id) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    localStorage.setItem(VISITOR, id);
  }
  return id;
}
