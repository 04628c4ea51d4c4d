"""The kinds of shopper events: those of Google's retail schema, and two of our own for what others send."""

from __future__ import annotations

from enum import StrEnum


class EventType(StrEnum):
    """What a shopper did. `LIKE` and `DISLIKE` stand for bookmarks and ratings, which Google's schema lacks."""

    HOME_PAGE_VIEW = "home-page-view"
    SEARCH = "search"
    CATEGORY_PAGE_VIEW = "category-page-view"
    DETAIL_PAGE_VIEW = "detail-page-view"
    ADD_TO_CART = "add-to-cart"
    REMOVE_FROM_CART = "remove-from-cart"
    SHOPPING_CART_PAGE_VIEW = "shopping-cart-page-view"
    PURCHASE_COMPLETE = "purchase-complete"
    LIKE = "like"
    DISLIKE = "dislike"

    @property
    def needs_products(self) -> bool:
        """Whether an event of this kind says nothing unless it names a product."""
        return self in _ABOUT_PRODUCTS


_ABOUT_PRODUCTS = frozenset(
    {
        EventType.DETAIL_PAGE_VIEW,
        EventType.ADD_TO_CART,
        EventType.REMOVE_FROM_CART,
        EventType.PURCHASE_COMPLETE,
        EventType.LIKE,
        EventType.DISLIKE,
    }
)

EVENT_TYPES = frozenset(EventType)
"""All kinds; a name as it was sent is in it too, where there is such a kind."""
