"""Speak the prompts with the interim voice and keep them as masters (build time only).

    python -m scripts.render --voices FOLDER [--all]

Only what is missing, or says other words than the catalogue, is spoken again. Needs the packages
of config/prompts/requirements-render.lock and espeak-ng, never the service's own environment.
"""

import argparse
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from config import audio
from config.audio import Samples
from config.prompts import Catalogue, Master, load_manifest, save_manifest
from config.speech import LANGUAGES
from scripts.kokoro import RATE, VOICES, Kokoro

BITRATE = 32_000
_FRAME = RATE // 50
_LEAD = 0.06
"""Seconds of silence kept before and after the voice; recordings may have 0.1 before."""


def main() -> None:
    options = _options()
    catalogue = Catalogue.load()
    wanted = list(_wanted(catalogue, options.all))
    kokoro = Kokoro.load(options.voices) if wanted else None
    for done, (language, id_) in enumerate(wanted, 1):
        assert kokoro is not None
        render(kokoro, catalogue, id_, language)
        print(f"\r{done}/{len(wanted)} {language} {id_:<40}", end="", flush=True)
    _prune(catalogue)
    print(f"\n{len(wanted)} masters rendered")


def render(kokoro: Kokoro, catalogue: Catalogue, id_: str, language: str) -> None:
    """Speak one prompt, write its master and note it in the manifest."""
    spoken = trimmed(kokoro.say(catalogue.text(id_, language), language))
    write_opus(catalogue.master(id_, language), spoken)
    manifest = load_manifest(catalogue.manifest_path)
    master = Master(text=catalogue.text_hash(id_, language), voice=str(VOICES[language]))
    manifest.root.setdefault(language, {})[id_] = master
    save_manifest(catalogue.manifest_path, manifest)


def trimmed(samples: Samples) -> Samples:
    """The voice with a breath of silence around it, at -3 dBFS."""
    before, after = audio.voiced(samples, RATE)
    first = max(0, int((before - _LEAD) * RATE))
    last = len(samples) - max(0, int((after - _LEAD) * RATE))
    loudest = float(np.max(np.abs(samples), initial=1e-6))
    return (samples[first:last] * (10 ** (-3 / 20) / loudest)).astype(np.float32)


def write_opus(path: Path, samples: Samples) -> None:
    """Write an Ogg Opus file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    with av.open(str(unfinished), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono", bit_rate=BITRATE)
        for at in range(0, len(samples), _FRAME):
            chunk = np.pad(samples[at : at + _FRAME], (0, max(0, at + _FRAME - len(samples))))
            frame = av.AudioFrame.from_ndarray(chunk[np.newaxis], format="flt", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    unfinished.replace(path)


def _wanted(catalogue: Catalogue, everything: bool) -> Iterator[tuple[str, str]]:
    """Language and id of what is to be spoken."""
    stale = {problem.file for problem in catalogue.problems()}
    for language in LANGUAGES:
        for id_ in sorted(catalogue.ids):
            if everything or str(catalogue.master(id_, language)) in stale:
                yield language, id_


def _prune(catalogue: Catalogue) -> None:
    """Drop masters of prompts that the catalogue no longer has."""
    manifest = load_manifest(catalogue.manifest_path)
    for language, masters in manifest.root.items():
        for id_ in masters.keys() - catalogue.ids:
            catalogue.master(id_, language).unlink(missing_ok=True)
            del masters[id_]
    save_manifest(catalogue.manifest_path, manifest)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Speak the prompts and keep them as masters.")
    parser.add_argument("--voices", type=Path, required=True, help="the *.bin of kokoro-js")
    parser.add_argument("--all", action="store_true", help="render every prompt again")
    return parser.parse_args()


if __name__ == "__main__":
    main()
