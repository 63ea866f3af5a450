"""What the phone side counts, for Prometheus."""

from prometheus_client import Counter, Gauge

from ivr.facts import CallBegan, CallEnded, Fact, StepTaken

calls = Counter("saluran_calls", "Calls that reached the service")
calls_now = Gauge("saluran_calls_now", "Calls that the service leads now")
steps = Counter("saluran_steps", "What happened in steps", ["step", "event"])
outcomes = Counter("saluran_call_outcomes", "How calls ended", ["outcome"])
abandoned = Counter("saluran_calls_abandoned", "Where callers hung up", ["step"])
errors = Counter("saluran_call_errors", "Errors of ours within calls")
facts = Counter("saluran_facts", "Facts written", ["kind"])


def count(fact: Fact) -> None:
    """Count what a fact says."""
    facts.labels(fact.kind).inc()
    match fact:
        case CallBegan():
            calls.inc()
        case StepTaken():
            steps.labels(fact.step, fact.event).inc()
        case CallEnded():
            outcomes.labels(fact.outcome).inc()
            if fact.outcome == "hung_up":
                abandoned.labels(fact.step).inc()
        case _:
            pass
