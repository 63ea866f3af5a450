"""A flow as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html)."""

from ivr.draw.colours import COLOURS
from ivr.draw.words import Wording, kind
from ivr.flow import Flow, ways


def mermaid(flow: Flow) -> str:
    """The text of a flowchart; ways between the same two steps share an arrow."""
    lines = ["flowchart LR"]
    for name, step in flow.steps.items():
        lines.append(f'  {_id(name)}["{name}"]:::{kind(step)}')
    for name in flow.steps:
        lines += [f'  {_id(name)} -->|"{label}"| {_id(to)}' for to, label in _arrows(flow, name)]
    for what, colour in COLOURS.items():
        lines.append(f"  classDef {what} fill:{colour.fill},stroke:{colour.line}")
    return "\n".join(lines) + "\n"


def _arrows(flow: Flow, name: str) -> list[tuple[str, str]]:
    step, said = flow.steps[name], Wording(flow, str)
    labels: dict[str, list[str]] = {}
    for way in ways(step):
        labels.setdefault(way.to, []).append(said.opening(step, way).replace("#", "#35;"))
    return [(to, " ".join(words)) for to, words in labels.items()]


def _id(name: str) -> str:
    """`end` alone is a word of Mermaid's, so no id is a bare name."""
    return "s_" + name.replace("-", "_")
