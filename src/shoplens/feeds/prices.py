"""Prices as merchants write them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from shoplens.records import Price

_SYMBOLS = {
    "US$": "USD", "R$": "BRL", "A$": "AUD", "C$": "CAD", "CA$": "CAD", "AU$": "AUD", "HK$": "HKD", "NT$": "TWD",
    "S$": "SGD", "NZ$": "NZD", "MX$": "MXN", "$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY", "元": "CNY",
    "人民币": "CNY", "RMB": "CNY", "CN¥": "CNY", "JP¥": "JPY", "円": "JPY", "₪": "ILS", "₹": "INR", "₽": "RUB",
    "₴": "UAH", "₺": "TRY", "₩": "KRW", "₫": "VND", "₱": "PHP", "฿": "THB", "₸": "KZT", "₦": "NGN", "ZŁ": "PLN",
    "KČ": "CZK", "FT": "HUF", "ЛВ": "BGN", "РУБ": "RUB", "ГРН": "UAH", "KR": "",
}  # fmt: skip
_THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_AMOUNT = re.compile(r"[+-]?\d(?:[\d.,'’\s]*\d)?|[+-]?[.,]\d+")
_CODE = re.compile(r"[A-Z]{3}\Z")
_LONGEST = 40


def parse_price(text: str, currency: str = "") -> Price:
    """Read an amount with or without its currency: "25.00 USD", "$2,030", "290 ILS", "1.299,00 €", "￥199".

    Where both separators occur, the last one is the decimal one. One separator that is followed by exactly three
    digits groups thousands, except a dot without any currency (a number as programs write it) and the
    currencies that have three decimals. "$" is read as USD and "¥" as CNY unless `currency` says otherwise.

    Args:
        text: as the feed has it.
        currency: ISO 4217 code that the feed states elsewhere; it wins over a symbol.

    Raises:
        ValueError: no single non-negative amount, or an unknown word beside it.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = plain.replace("٫", ".").replace("٬", ",")
    if len(plain) > _LONGEST:
        raise ValueError("it is too long to be a price")
    found = _AMOUNT.search(plain)
    if found is None:
        raise ValueError("it holds no amount")
    word = (plain[: found.start()] + " " + plain[found.end() :]).strip().upper().rstrip(".").strip()
    sign, digits = "", found.group()
    if digits[0] in "+-":
        sign, digits = digits[0], digits[1:]
    if sign == "-" or word.startswith("-"):
        raise ValueError("it is negative")
    known = _currency(word)
    code = currency.strip().upper() or known
    return Price(_amount(digits, code), code)


def amount_of(text: str) -> Decimal | None:
    """Return the amount of a price, None where `parse_price` would refuse it; to compare prices of one shop."""
    try:
        return parse_price(text).amount
    except ValueError:
        return None


def _currency(word: str) -> str:
    if word in _SYMBOLS:
        return _SYMBOLS[word]
    if not word or _CODE.match(word):
        return word
    code = re.sub(r"[^\w]", "", word)
    if _CODE.match(code) and _SYMBOLS.get(re.sub(r"[\w\s]", "", word)) is not None:
        return code
    raise ValueError(f"{word!r} is no currency that is known here")


def _amount(digits: str, code: str) -> Decimal:
    digits = re.sub(r"[\s'’]", "", digits)
    dot, comma = digits.rfind("."), digits.rfind(",")
    if dot >= 0 and comma >= 0:
        decimal_mark = "." if dot > comma else ","
        whole, _, part = digits.rpartition(decimal_mark)
        return _decimal(whole.replace("." if decimal_mark == "," else ",", ""), part)
    mark = "." if dot >= 0 else ","
    whole, found, part = digits.rpartition(mark)
    if not found:
        return _decimal(part, "")
    if mark in whole or _groups_thousands(whole, part, mark, code):
        return _decimal((whole + part).replace(mark, ""), "")
    return _decimal(whole, part)


def _groups_thousands(whole: str, part: str, mark: str, code: str) -> bool:
    if len(part) != 3 or not 1 <= len(whole) <= 3 or whole[0] == "0" or code in _THREE_DECIMALS:
        return False
    return mark == "," or bool(code)


def _decimal(whole: str, part: str) -> Decimal:
    if not f"{whole}{part}".isdecimal():
        raise ValueError("its separators are in no order that is known here")
    return Decimal(f"{whole or '0'}.{part}" if part else whole)
