"""Questions to the recommenders, as OpenAPI shows them."""

from __future__ import annotations

from pydantic import BaseModel, Field


class BasketIn(BaseModel):
    """Products by their ids."""

    products: list[str] = Field(min_length=1, max_length=100)
    limit: int = Field(12, ge=1, le=100)


class ShopperIn(BaseModel):
    """What a shopper viewed and bought, the newest last, or who the shopper is."""

    viewed: list[str] = Field(default_factory=list, max_length=1000)
    bought: list[str] = Field(default_factory=list, max_length=1000)
    visitor: str = Field("", max_length=128)
    category: str = Field("", description="only of this category and its children")
    min_price: str = ""
    max_price: str = ""
    availability: list[str] = Field(default_factory=list, max_length=4)
    limit: int = Field(12, ge=1, le=100)
