"""What a shift proves, and how it is told."""

from collections import Counter
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.shift import (
    figures,
    pbx_logs,
    proof_of_calls,
    proof_of_order,
    proof_of_promises,
    rows,
)
from tests.shift.evidence import Evidence, Proof
from tests.shift.figures import Figure
from tests.shift.run import Shift

MOST_TOLD = 8


@dataclass(frozen=True)
class Found:
    seed: int
    did: Counter[str]
    proofs: list[Proof]
    figures: list[Figure]

    @property
    def proven(self) -> bool:
        return not any(proof.against for proof in self.proofs) and all(
            figure.equal for figure in self.figures
        )


async def prove(run: Shift) -> Found:
    """Everything, at the end of a shift."""
    state = run.house.installation.state
    log, service = state.asterisk / "log", state.log("service")
    found = Evidence(
        diary=run.diary,
        rows=await rows.read(run.house, run.pool),
        lines=pbx_logs.read_queue_log(log / "queue_log"),
        records=list(pbx_logs.read_cdr(log / "cdr-csv/Master.csv")),
        forgotten=service.read_text(encoding="utf-8").count('"queues.not_remembered"'),
        offset=run.house.installation.options.clock_offset,
    )
    proofs = [
        Proof("Nobody met what must not be", run.diary.problems),
        proof_of_calls.audited(found),
        proof_of_calls.lived_through(found),
        proof_of_calls.spoke(found),
        proof_of_order.by_rows(found),
        proof_of_order.by_the_log(found),
        proof_of_order.original_times(found),
        proof_of_promises.kept(found),
        proof_of_promises.known(found),
        proof_of_promises.one_at_a_time(found),
    ]
    return Found(run.seed, run.diary.did, proofs, figures.figures(found))


def show(found: Found) -> bool:
    """Print it; whether all is proven."""
    console = Console(soft_wrap=True, highlight=False)
    did = Table("What people did", "times", title=f"Seed {found.seed}")
    for name, count in sorted(found.did.items()):
        did.add_row(name, str(count))
    console.print(did)
    table = Table("Of", "figure", "report", "PBX's own", "", title="Figures")
    for figure in found.figures:
        if not figure.nothing:
            verdict = "[green]equal[/]" if figure.equal else "[red]differs[/]"
            told, counted = f"{figure.reported:.6g}", f"{figure.counted:.6g}"
            table.add_row(figure.of, figure.name, told, counted, verdict)
    console.print(table)
    for proof in found.proofs:
        _show(console, proof)
    return found.proven


def _show(console: Console, proof: Proof) -> None:
    sign = "[red]not so[/]" if proof.against else "[green]proven[/]"
    told = f": {proof.told}" if proof.told else ""
    console.print(f"{sign}  {escape(proof.name + told)}")
    for why in proof.against[:MOST_TOLD]:
        console.print(f"        {escape(why)}")
    if (more := len(proof.against) - MOST_TOLD) > 0:
        console.print(f"        … and {more} more")
