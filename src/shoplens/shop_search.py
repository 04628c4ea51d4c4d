"""The ways to ask a shop: by photos, products, uploaded images and addresses, by words, by both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from shoplens.catalog.facets import FACETS, FacetValue
from shoplens.catalog.filter import EVERYTHING, Filter
from shoplens.catalog.store import Catalog
from shoplens.errors import BadInput, DownloadError, UnknownName
from shoplens.once import once
from shoplens.photos.decode import Limits, decode, decode_file
from shoplens.records import Match, Photo, Pixels, Product
from shoplens.search.query import Example, Query

if TYPE_CHECKING:
    from shoplens.feeds.download import Downloader
    from shoplens.search.image_shelf import ImageShelf, ShelvedImage
    from shoplens.search.match_reasons import MatchReasons
    from shoplens.search.photo_search import SearchAnswer
    from shoplens.wiring import Wiring

PhotoLike = bytes | Path | Photo
EXPLAINED_SIDE = 640
_URL_SECONDS = 15.0


class ShopSearch:
    """The search of one shop; `Shop.search`, `Shop.search_text`, `Shop.page` and `Shop.upload` are this.

    Args:
        catalog: of the shop.
        wiring: returns the shop's parts as they are now.
    """

    def __init__(self, catalog: Catalog, wiring: Callable[[], Wiring]) -> None:
        self._catalog = catalog
        self._wiring = wiring
        self._open = ExitStack()

    def close(self) -> None:
        """Let go of the connections to other servers."""
        self._open.close()

    def ask(self, query: Query) -> SearchAnswer:
        """Answer a question; see `Shop.search`."""
        from shoplens.search.photo_search import SearchAnswer

        first = query.like[0] if query.like else None
        if first is None:
            answer = SearchAnswer(self.text(query.text, where=query.where, limit=query.limit))
        elif len(query.like) == 1 and not (first.product or query.unlike or query.text.strip()):
            pixels = self._pixels(first)
            search = self._wiring().search()
            answer = search.by_photo(
                pixels, box=first.box, where=query.where, limit=query.limit, diversity=query.diversity
            )
        else:
            answer = self._wiring().query_search().ask(query, self._pixels)
        if not query.facets:
            return answer
        # Words beside a photo change what comes first; words alone say what is found at all.
        words = "" if query.like else query.text
        where = answer.understood.narrowed(query.where) if answer.understood else query.where
        return replace(answer, facets=self.facets(query.facets, where, words))

    def facets(self, names: Sequence[str], where: Filter, text: str) -> dict[str, list[FacetValue]]:
        """Count values; see `Shop.facets`."""
        for name in names:
            if name not in FACETS and not self._catalog.has_attribute(name):
                raise UnknownName("facet", name, {*FACETS, *self._catalog.attribute_names()})
        return self._catalog.facets(names, where, text=text)

    def why(self, example: Example, product_id: str) -> MatchReasons:
        """Tell why a product matches a photo; see `Shop.why`."""
        from shoplens.embedding.subject_embedder import subject_box
        from shoplens.photos.transform import resize

        if example.product:
            raise BadInput(
                "A photo is explained, not a product.", received=example.product, remedy="Give a photo or an image_id."
            )
        pixels = self._pixels(example)
        match, seen = self._wiring().search().match_of(pixels, example.box, product_id)
        other = decode_file(self._catalog.photo(match.photo).path, min_side=self._wiring().embedder.min_side).pixels
        if max(pixels.shape[:2]) > EXPLAINED_SIDE:
            pixels = resize(pixels, long=EXPLAINED_SIDE)
        return self._wiring().reasoner.why(pixels, seen, other, subject_box(other), match)

    def text(self, query: str, *, where: Filter = EVERYTHING, limit: int = 20) -> list[Match]:
        """Find listings by words; see `Shop.search_text`."""
        if self._wiring().reads_text:
            return self._wiring().query_search().by_text(Query(text=query, where=where, limit=limit))
        from shoplens.search.word_matches import word_matches

        count = limit * 8
        while True:
            found = self._catalog.search_text(query, where, count)
            best = word_matches(self._catalog, found)
            if len(best) >= limit or len(found) < count:
                return list(best.values())[:limit]
            count *= 4  # a few articles in many sizes took the places of the others

    def page(self, where: Filter, text: str, offset: int, limit: int) -> tuple[list[Product], int]:
        """Return a page of products; see `Shop.page`."""
        if not text:
            return self._catalog.products(where, offset, limit), self._catalog.count(where)
        found = self._catalog.search_text(text, where, limit, offset)
        return list(self._catalog.by_ids([name for name, _ in found]).values()), self._catalog.count_text(text, where)

    def upload(self, photo: PhotoLike) -> ShelvedImage:
        """Keep a photo for a while; see `Shop.upload`."""
        return self._shelf.put(self.decode(photo).pixels)

    def decode(self, photo: PhotoLike, min_side: int | None = None) -> Photo:
        """Return the decoded photo, which is reduced where `min_side` allows."""
        if isinstance(photo, Photo):
            return photo
        if isinstance(photo, bytes):
            return decode(photo, min_side=min_side, limits=Limits.upload())
        return decode_file(photo, min_side=min_side)

    def _pixels(self, example: Example) -> Pixels:
        """Return the photo of an example that is no product."""
        min_side = self._wiring().embedder.min_side
        if example.image_id:
            return self._shelf.get(example.image_id)
        if example.url:
            return self.decode(self._fetch(example.url), min_side).pixels
        if example.photo is None:
            raise BadInput("The example has no photo.", received=example.product)
        return self.decode(example.photo, min_side).pixels

    def _fetch(self, url: str) -> bytes:
        from shoplens.feeds.download import Failed, NotModified, Request

        result = self._downloader.fetch(Request(url))
        if isinstance(result, Failed):
            raise DownloadError(f"The photo cannot be fetched: {result.message}", received=url[:200], code=result.code)
        if isinstance(result, NotModified):  # nothing was said of an earlier version, so a server that says so errs
            raise DownloadError("The server sent no photo.", received=url, code="url_not_modified")
        return result.data

    @once
    def _downloader(self) -> Downloader:
        from shoplens.feeds.download import Downloader, DownloadSettings

        settings = DownloadSettings(
            max_bytes=Limits.upload().max_bytes,
            timeout_s=_URL_SECONDS / 2,
            total_s=_URL_SECONDS,
            retries=0,
            allow_private=self._wiring().settings.allow_private_urls,
            user_agent="ShopLens/0.1 (photo search)",
        )
        return self._open.enter_context(Downloader(settings))

    @once
    def _shelf(self) -> ImageShelf:
        from shoplens.search.image_shelf import ImageShelf, ShelfSettings

        settings = self._wiring().settings
        return ImageShelf(
            ShelfSettings(settings.image_minutes * 60.0, settings.image_count, settings.image_megabytes << 20)
        )
