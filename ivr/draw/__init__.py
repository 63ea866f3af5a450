"""A flow as a picture: SVG for people, Mermaid for pages that render it themselves."""

from ivr.draw.mermaid import mermaid
from ivr.draw.svg import Count, svg

__all__ = ["Count", "mermaid", "svg"]
