#!/usr/bin/python3
"""Runs the same attention in qkvlab's core and in eager PyTorch, in one run, and prints times and ratios.

    tests/bench/compare_pytorch.py build/release/bin/bench_attention

PyTorch gets its best case: heads batched in one tensor, no autograd, the faster of one and two threads.
"""
import json
import subprocess
import sys
import time

import torch

SIZES = [(4, 8, 1), (16, 64, 4), (64, 64, 4), (128, 128, 8), (512, 128, 8)]  # tokens, d_model, heads


def chain(n, d_model, heads):
    """Eager attention that keeps every matrix on the way, as the Lab's trace does."""
    generator = torch.Generator().manual_seed(1)
    d_k = d_model // heads
    x = torch.randn(n, d_model, generator=generator)
    w_q, w_k, w_v = (torch.randn(heads, d_model, d_k, generator=generator) / d_model**0.5 for _ in range(3))
    w_o = torch.randn(heads * d_k, d_model, generator=generator) / d_model**0.5
    masked = torch.ones(n, n, dtype=torch.bool).triu(1)

    def run():
        q, k, v = x @ w_q, x @ w_k, x @ w_v
        scores = q @ k.transpose(-1, -2)
        scaled = (scores / d_k**0.5).masked_fill(masked, float("-inf"))
        weights = torch.softmax(scaled, dim=-1)
        output = weights @ v
        layer_output = output.transpose(0, 1).reshape(n, heads * d_k) @ w_o
        return q, k, v, scores, scaled, weights, output, layer_output, x + layer_output

    return run


def microseconds(run, budget=0.6):
    """The best of many short batches: a busy machine only ever adds time."""
    for _ in range(20):
        run()
    start = time.perf_counter()
    run()
    batch = max(1, int(0.01 / max(1e-7, time.perf_counter() - start)))
    best, end = float("inf"), time.perf_counter() + budget
    while time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(batch):
            run()
        best = min(best, (time.perf_counter() - start) / batch)
    return best * 1e6


def torch_best(size):
    best = None
    for threads in (1, 2):
        torch.set_num_threads(threads)
        with torch.no_grad():
            took = microseconds(chain(*size))
        if best is None or took < best[0]:
            best = (took, threads)
    return best


def ours(program):
    done = subprocess.run(
        [program, "--benchmark_filter=^attend/", "--benchmark_format=json", "--benchmark_min_time=0.01",
         "--benchmark_repetitions=40"],
        check=True, capture_output=True, text=True)
    factor = {"ns": 1e-3, "us": 1, "ms": 1e3}
    times = {}
    for row in json.loads(done.stdout)["benchmarks"]:
        size = tuple(int(part) for part in row["name"].split("/")[1:4])
        if row["run_type"] == "iteration":
            times[size] = min(times.get(size, float("inf")), row["real_time"] * factor[row["time_unit"]])
    return times


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    times = ours(sys.argv[1])
    print(f"PyTorch {torch.__version__}, eager; times in microseconds")
    print(f"{'tokens':>7}{'d_model':>8}{'heads':>6}{'qkvlab':>11}{'PyTorch':>11}{'threads':>8}{'ratio':>8}")
    for size in SIZES:
        took, threads = torch_best(size)
        print(f"{size[0]:>7}{size[1]:>8}{size[2]:>6}{times[size]:>11.1f}{took:>11.1f}{threads:>8}{took / times[size]:>7.1f}x")


if __name__ == "__main__":
    main()
