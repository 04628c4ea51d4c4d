"""One photo, as OpenAPI shows it."""

from __future__ import annotations

from shoplens.serving.form_body import FormBody, Upload


class PhotoForm(FormBody):
    """A picture file."""

    photo: Upload
