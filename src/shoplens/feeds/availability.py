"""Availability as merchants write it, in Google's four values."""

from __future__ import annotations

import re

from shoplens.records import Availability

_WORDS: dict[Availability, str] = {
    "in_stock": (
        "in stock|instock|available|yes|true|1|on sale|limited availability|in store only|online only|"
        "有货|现货|有库存|在售|有|auf lager|lagernd|lieferbar|verfügbar|en stock|disponible|en existencia|"
        "disponibile|in magazzino|disponível|em estoque|op voorraad|в наличии|есть|в наявності|dostępny|"
        "na stanie|skladem|stokta|在庫あり|재고 있음|במלאי|متوفر|active"
    ),
    "out_of_stock": (
        "out of stock|outofstock|sold out|soldout|unavailable|not available|no|false|0|discontinued|"
        "缺货|无货|售罄|无库存|已下架|下架|nicht auf lager|ausverkauft|nicht verfügbar|rupture de stock|"
        "épuisé|indisponible|agotado|sin existencias|no disponible|esaurito|non disponibile|esgotado|"
        "indisponível|niet op voorraad|uitverkocht|нет в наличии|нет|немає в наявності|niedostępny|"
        "brak|vyprodáno|tükendi|在庫切れ|품절|אזל מהמלאי|غير متوفر|نفد المخزون"
    ),
    "preorder": (
        "preorder|pre order|pre sale|presale|预售|预订|预定|vorbestellbar|vorbestellung|précommande|reserva|"
        "preventa|prevendita|preordine|pré venda|предзаказ|予約|예약"
    ),
    "backorder": (
        "backorder|back order|onbackorder|on backorder|available for order|made to order|notify|补货中|可订货|"
        "nachbestellt|bestellbar|sur commande|bajo pedido|su ordinazione|под заказ|取り寄せ"
    ),
}
_VALUES: dict[str, Availability] = {
    word: value for value, words in _WORDS.items() for word in words.replace("\n", "").split("|")
}


def parse_availability(text: str) -> Availability | None:
    """Return Google's value for `text`, in several languages and as a schema.org address; None if unknown."""
    plain = text.strip().casefold()
    if "schema.org/" in plain:
        plain = plain.rpartition("/")[2]
    return _VALUES.get(re.sub(r"[\s_\-]+", " ", plain).strip())
