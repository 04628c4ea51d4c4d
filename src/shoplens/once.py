"""A part of an object that is made at first use, whichever thread comes first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class once(Generic[T]):
    """`functools.cached_property` with the lock that Python 3.12 took out of it: nobody makes a second one.

    For what must not be there twice, such as an index or what keeps uploads, in objects that threads share. Making it
    may use other parts of the same object. What failed is tried again by the next thread.

    Args:
        make: makes the value of an object.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self._making = threading.RLock()
        self._name = make.__name__
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type | None = None) -> T: ...

    def __get__(self, instance: object | None, owner: type | None = None) -> Self | T:
        if instance is None:
            return self
        # Python looks into the object first and comes here only as long as nothing is there.
        values = vars(instance)
        with self._making:
            if self._name not in values:
                values[self._name] = self._make(instance)
            value: T = values[self._name]
            return value
