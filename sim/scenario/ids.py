"""Ids: how whatever a file names is called."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field


def _id(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", text):
        raise ValueError(f"'{text}' is no id: small letters a-z, digits and hyphens are allowed")
    return text


Id = Annotated[str, AfterValidator(_id), Field(json_schema_extra={"pattern": "^[a-z0-9][a-z0-9-]*$"})]
