"""Questions to the photo search that come as forms, as OpenAPI shows them."""

from __future__ import annotations

from pydantic import Field

from shoplens.catalog.filter import Filter
from shoplens.serving.filter_fields import make_filter
from shoplens.serving.form_body import FormBody, Upload
from shoplens.serving.schemas.photo_form import PhotoForm


class FilterForm(FormBody):
    """Which products may be found."""

    category: str = Field("", description="path; children are included")
    brand: str = ""
    min_price: str = ""
    max_price: str = ""
    currency: str = ""
    availability: list[str] = Field([], description="any of these")
    attribute: list[str] = Field([], description='as "material:wool" or "custom_label_0:summer"')
    color: list[str] = Field([], description='any of these, as "red" or "红色"')
    tag: list[str] = Field([], description="all of these")

    def where(self) -> Filter:
        """Return the filter.

        Raises:
            BadInput: a field is no part of a filter.
        """
        lists = (self.availability, self.attribute, self.color, self.tag)
        return make_filter(self.category, self.brand, self.min_price, self.max_price, self.currency, *lists)


class SearchForm(FilterForm):
    """Examples, words, and what else shapes the answer."""

    photo: list[Upload] = Field([], description="picture files to be like")
    product: list[str] = Field([], description="ids of products to be like")
    image_id: list[str] = Field([], description="of photos uploaded to /v1/images")
    url: list[str] = Field([], description="addresses of photos, where the shop allows them")
    weight: list[float] = Field([], description="one for each photo, product, image_id and url, in this order")
    box: str = Field("", description="x0,y0,x1,y1 from 0 to 1, of the only photo or image")
    not_photo: list[Upload] = Field([], description="picture files not to be like")
    not_product: list[str] = Field([], description="ids of products not to be like")
    not_image_id: list[str] = Field([], description="of uploaded photos not to be like")
    not_weight: list[float] = Field([], description="one for each not_photo, not_product and not_image_id")
    text: str = Field("", description='words beside it, as "in red" or "红色"', max_length=500)
    facets: str = Field("", description='"true", or names such as "brand,color"')
    limit: int = Field(24, ge=1, le=100)
    diversity: float = Field(0.0, ge=0, le=1, description="0 for the best, up to 1 for different ones")


class ObjectsForm(FilterForm):
    """A photo of several products."""

    photo: Upload
    limit: int = Field(12, ge=1, le=100)
    objects: int = Field(4, ge=1, le=8, description="how many products of the photo at most")
    beside: bool = Field(
        default=False, description="it comes beside a search by the same photo, and counts as no search of its own"
    )


class WhyForm(FormBody):
    """A photo, or one that was uploaded before, and a product that matches it."""

    product: str = Field(description="id of a product", max_length=500)
    photo: Upload | None = Field(None, description="a picture file")
    image_id: str = Field("", description="of a photo uploaded to /v1/images, in its place", max_length=500)
    box: str = Field("", description="x0,y0,x1,y1 from 0 to 1")


class LocateForm(PhotoForm):
    """A photo whose products are to be found."""

    limit: int = Field(8, ge=1, le=20, description="how many at most")
