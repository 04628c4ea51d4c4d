/** Where a product is sold. */

/** Return whether the product has an address at which it is sold; names that end in .example belong to nobody (RFC 2606). */
export function isForSale(product) {
  try {
    const { protocol, hostname } = new URL(product.link);
    return /^https?:$/.test(protocol) && !/(^|\.)example$/.test(hostname);
  } catch {
    return false;
  }
}
