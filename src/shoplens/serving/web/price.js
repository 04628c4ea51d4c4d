/** Prices as a language writes them. */

/** Return a price; the amount is a decimal text and is not rounded on the way. */
export function priceText({ amount, currency }, locale, options = {}) {
  const known = /^[A-Z]{3}$/.test(currency);
  const style = known ? { style: "currency", currency, currencyDisplay: "narrowSymbol" } : { minimumFractionDigits: 2 };
  return new Intl.NumberFormat(locale, { ...style, ...options }).format(amount);
}
