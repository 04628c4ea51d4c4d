/** Prices as a language writes them. */

const formatters = new Map();

/** Return a price; the amount is a decimal text and is not rounded on the way. */
export function priceText({ amount, currency }, locale, options = {}) {
  const known = /^[A-Z]{3}$/.test(currency);
  const style = known ? { style: "currency", currency, currencyDisplay: "narrowSymbol" } : { minimumFractionDigits: 2 };
  const key = JSON.stringify([locale, style, options]);
  if (!formatters.has(key)) formatters.set(key, new Intl.NumberFormat(locale, { ...style, ...options }));
  return formatters.get(key).format(amount);
}
