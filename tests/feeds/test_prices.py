"""Prices as merchants write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplens.feeds.prices import parse_price


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("25.00 USD", "25.00", "USD"),
        ("USD 25", "25", "USD"),
        ("25.00usd", "25.00", "USD"),
        ("$2,030", "2030", "USD"),
        ("US$ 1,299.50", "1299.50", "USD"),
        ("290 ILS", "290", "ILS"),
        ("₪290", "290", "ILS"),
        ("1.299,00 €", "1299.00", "EUR"),
        ("€1.299", "1299", "EUR"),
        ("1 299,00 zł", "1299.00", "PLN"),
        ("1\u00a0299,00\u00a0₽", "1299.00", "RUB"),
        ("CHF 1'299.50", "1299.50", "CHF"),
        ("₹ 1,29,900.00", "129900.00", "INR"),
        ("R$ 1.299,90", "1299.90", "BRL"),
        ("￥199", "199", "CNY"),
        ("199.00元", "199.00", "CNY"),
        ("１９９．５", "199.5", ""),
        ("1.234.567 €", "1234567", "EUR"),
        ("12,5", "12.5", ""),
        ("12.345", "12.345", ""),
        ("52.000000", "52.000000", ""),
        ("0,999 EUR", "0.999", "EUR"),
        ("1.250 KWD", "1.250", "KWD"),
        (".99", "0.99", ""),
        ("199 kr", "199", ""),
        ("0", "0", ""),
    ],
)
def test_readable(text: str, amount: str, currency: str) -> None:
    price = parse_price(text)
    assert (price.amount, price.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "text", ["", "free", "from 25 USD", "25 USD / 30 USD", "-5 EUR", "EUR -5", "1.2,3.4", "12 bananas", "9" * 50]
)
def test_unreadable(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_price(text)


def test_a_stated_currency_wins_over_a_symbol() -> None:
    assert parse_price("¥1200", "jpy").currency == "JPY"


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from(["USD", "EUR", "CNY", "SEK"]))
def test_what_is_written_comes_back(amount: Decimal, currency: str) -> None:
    for text in (f"{amount} {currency}", f"{amount:,} {currency}", f"{currency} {amount}"):
        assert parse_price(text).amount == amount
    german = f"{amount:,}".translate(str.maketrans(",.", ".,"))
    assert parse_price(f"{german} {currency}").amount == amount


@given(st.text(max_size=30))
def test_any_text_is_a_price_or_a_value_error(text: str) -> None:
    try:
        price = parse_price(text)
    except ValueError:
        return
    assert price.amount >= 0
    assert price.amount.is_finite()
