#!/usr/bin/python3
"""Runs the NumPy and the PyTorch script of every experiment and compares them, stage by stage. Needs NumPy and PyTorch.

    tests/bench/compare_script_pytorch.py build/release/bin/qkvlab

The NumPy scripts are compared with core by tests/core/export/script_test.cpp.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]


def stages(program, experiment, language, folder):
    """What the script of this experiment computes: {"weights.0.0": matrix, …}."""
    place = pathlib.Path(folder) / language
    place.mkdir()
    subprocess.run([program, "export", experiment, "--as", language, "--out", place / "case0.py"], check=True)
    subprocess.run([sys.executable, ROOT / "tests/core/export/run_scripts.py", place], check=True)
    return dict(numpy.load(place / "case0.npz"))


def difference(a, b):
    """The largest, as a share of the largest number; what is not finite must be the same."""
    if a.shape != b.shape or not numpy.array_equal(numpy.isfinite(a), numpy.isfinite(b)):
        return float("inf")
    fine = numpy.isfinite(a)
    return float(numpy.abs(a[fine] - b[fine]).max(initial=0) / max(numpy.abs(a[fine]).max(initial=0), 1e-30))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    worst = 0.0
    for experiment in sorted((ROOT / "assets/experiments").glob("*.json")):
        with tempfile.TemporaryDirectory() as folder:
            ours = stages(sys.argv[1], experiment, "numpy", folder)
            theirs = stages(sys.argv[1], experiment, "pytorch", folder)
        if ours.keys() != theirs.keys():
            sys.exit(f"{experiment.name}: the scripts have other stages: {sorted(ours.keys() ^ theirs.keys())}")
        most = max((difference(ours[name], theirs[name]), name) for name in ours)
        print(f"{experiment.name:32} {len(ours):3} matrices, largest difference {most[0]:.1e} in {most[1]}")
        worst = max(worst, most[0])
    sys.exit(f"the scripts differ by {worst:.1e}" if worst > 1e-5 else 0)


if __name__ == "__main__":
    main()
