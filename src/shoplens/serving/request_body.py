"""The body of a request, watched while it comes in."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Send

from shoplens.serving.problems import problem


class RequestBody:
    """One request's body on its way in: counted and timed, whatever its header promised.

    Args:
        receive: the server's.
        send: the server's.
        largest: how many bytes it may hold.
        seconds: how long it may stay silent before its end.

    Attributes:
        started: the answer has begun.
        refused: the code of the problem that stopped the body, or "".
    """

    def __init__(self, receive: Receive, send: Send, largest: int, seconds: float) -> None:
        self._receive, self._send = receive, send
        self._largest, self._seconds = largest, seconds
        self._received, self._complete = 0, False
        self.started = False
        self.refused = ""

    async def receive(self) -> Message:
        """Return the next part.

        Raises:
            OverflowError: the body is too large.
            TimeoutError: it stayed silent too long.
        """
        if self._complete:
            return await self._receive()
        try:
            async with asyncio.timeout(self._seconds):
                message = await self._receive()
        except TimeoutError:
            self.refused = "slow_body"
            raise
        self._received += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._received > self._largest:
            self.refused = "body_too_large"
            raise OverflowError(self.refused)
        return message

    async def send(self, message: Message) -> None:
        """Pass the answer on, unless the body was refused."""
        # The framework answers 400 when reading a body fails; the refusal says why it failed.
        if not self.refused or self.started:
            self.started = True
            await self._send(message)

    def problem(self) -> ASGIApp:
        """Return the answer where the application gave none."""
        if self.refused == "body_too_large":
            return too_large(self._largest)
        if self.refused:
            return problem(408, self.refused, f"Nothing came for {self._seconds:g} seconds in the middle of the body.")
        # What went wrong is for the log, not for whoever sent the request.
        return problem(500, "internal_error", "ShopLens failed to answer; the server's log says why.")


def too_large(largest: int) -> ASGIApp:
    """Return the answer to a body above the limit."""
    return problem(413, "body_too_large", f"The request may hold at most {largest} bytes.")
