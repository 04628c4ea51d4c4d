"""Which products show which photos."""

from __future__ import annotations

from collections import defaultdict

from shoplens.catalog.changes import PhotoChanges
from shoplens.catalog.product_rows import Offer

_Shown = tuple[bool, bool, int, str]


class ShownPhotos:
    """The photos of the active products; one thread may change it while others read."""

    def __init__(self) -> None:
        self._offers: dict[str, Offer] = {}
        self._photos: dict[str, tuple[tuple[int, str], ...]] = {}
        self._products: dict[str, tuple[_Shown, ...]] = {}

    def __contains__(self, sha256: str) -> bool:
        return sha256 in self._products

    def __len__(self) -> int:
        return len(self._products)

    def products(self, sha256: str) -> list[str]:
        """Return the products that show the photo: what can be bought first, then variants, then main photos."""
        return [product for *_, product in sorted(self._products.get(sha256, ()))]

    def listing(self, product_id: str) -> str:
        """Return the listing of a product that was ever here."""
        return self._offers[product_id].listing

    def photos(self, product_id: str) -> tuple[tuple[int, str], ...]:
        """Return position and photo of everything that a product shows, in order."""
        return self._photos.get(product_id, ())

    def all_photos(self) -> list[tuple[str, tuple[tuple[int, str], ...]]]:
        """Return every product that shows photos, and those."""
        return list(self._photos.items())

    def owner(self, sha256: str) -> str:
        """Return the product that the photo tells most of: a variant rather than a parent that shows all colours."""
        return min((len(self._photos[product]), product) for *_, product in self._products[sha256])[1]

    def apply(self, changes: PhotoChanges) -> tuple[set[str], set[str]]:
        """Take over what changed; return the photos that are shown since, and those that are shown no longer."""
        self._offers.update((offer.product_id, offer) for offer in changes.offers)
        links: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for sha256, product, position in changes.links:
            links[product].append((position, sha256))
        shown: dict[str, list[_Shown]] = {}

        def of(sha256: str) -> list[_Shown]:
            if sha256 not in shown:
                shown[sha256] = list(self._products.get(sha256, ()))
            return shown[sha256]

        for product in (*changes.retired, *(offer.product_id for offer in changes.offers)):
            for sha256 in {sha256 for _, sha256 in self._photos.pop(product, ())}:
                shown[sha256] = [entry for entry in of(sha256) if entry[-1] != product]
        for offer in changes.offers:
            photos = links.get(offer.product_id)
            if photos:
                self._photos[offer.product_id] = tuple(sorted(photos))
                for position, sha256 in photos:
                    of(sha256).append((not offer.in_stock, offer.is_parent, position, offer.product_id))
        came = {sha256 for sha256, entries in shown.items() if entries and sha256 not in self._products}
        went = {sha256 for sha256, entries in shown.items() if not entries and sha256 in self._products}
        self._products.update((sha256, tuple(entries)) for sha256, entries in shown.items() if entries)
        for sha256 in went:
            del self._products[sha256]
        return came, went
