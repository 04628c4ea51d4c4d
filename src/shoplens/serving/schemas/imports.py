"""Feeds that are uploaded and their imports, as OpenAPI shows them."""

from __future__ import annotations

from pydantic import BaseModel, Field

from shoplens.serving.form_body import FormBody, Upload


class FeedForm(FormBody):
    """A feed whose photos are URLs."""

    feed: Upload
    origin: str = ""
    sync: bool = False


class SourceForm(FormBody):
    """Files that belong together."""

    files: list[Upload]
    to: str = Field("", description="the id of what these files belong to, where a folder comes in parts")


class ImportOut(BaseModel):
    """One import: `state` is "running", "done" or "failed"; what the feed was taken for is known once done."""

    id: int
    source: str
    origin: str
    state: str
    started_at: str
    finished_at: str
    summary: dict[str, object]
