"""From a Typst template and plain values to a PDF, the same to the byte each time.

No font of the machine is used: DejaVu Sans comes with matplotlib, the rest with Typst. No archive
standard is claimed: no validator of PDF/A was at hand to show it. Must not know: what the document
says.
"""

import json
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent / "templates"


def pdf(
    template: str, values: Mapping[str, Any], pictures: Mapping[str, str] | None = None
) -> bytes:
    """Compile `templates/<template>.typ`; it reads `values` (and SVG `pictures`) as JSON."""
    import typst
    from matplotlib import get_data_path

    content = json.dumps({**values, "pictures": dict(pictures or {})}, ensure_ascii=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what typst thinks of a picture's fonts
        made = typst.compile(
            TEMPLATES / f"{template}.typ",
            root=TEMPLATES,
            font_paths=[Path(get_data_path()) / "fonts" / "ttf"],
            ignore_system_fonts=True,
            sys_inputs={"values": content},
            format="pdf",
            timestamp=datetime(2026, 1, 1, tzinfo=UTC),
        )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single document")
    return made
