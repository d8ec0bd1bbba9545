"""`/api/v1`: routes as thin as they can be, over `acts`. Must not know: queries, the search."""

from service.api.app import create_app

__all__ = ["create_app"]
