#!/usr/bin/python3
"""Runs the same forward pass in qkvlab's core and in eager PyTorch, in one run, and prints times and ratios.

    tests/bench/compare_model_pytorch.py build/release/bin/bench_model FOLDER [llama|gpt2] [TOKENS...]

FOLDER keeps the models that bench_model writes. PyTorch runs plain modules that keep the attention of every layer and
every hidden state, without autograd, with one thread or one for every core, whichever is faster. Its weights are random ones of the same
shapes: the numbers do not matter for the time. The load of the machine is printed, for other programs only add time.
"""
import json
import os
import subprocess
import sys
import time

import torch
from torch import nn
from torch.nn import functional

SHAPES = {
    "llama": dict(layers=30, width=576, heads=9, kv_heads=3, mlp=1536, vocabulary=49152),
    "gpt2": dict(layers=12, width=768, heads=12, kv_heads=12, mlp=3072, vocabulary=50257),
}


class RmsNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5))


def attention(q, k, v, hidden_future):
    """Eager: scores, mask, softmax, mix; the weights are returned as well."""
    scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5 + hidden_future
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights


class LlamaLayer(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.heads, self.kv_heads, self.d = s["heads"], s["kv_heads"], s["width"] // s["heads"]
        width, kv = s["width"], self.kv_heads * self.d
        self.q, self.o = nn.Linear(width, width, bias=False), nn.Linear(width, width, bias=False)
        self.k, self.v = nn.Linear(width, kv, bias=False), nn.Linear(width, kv, bias=False)
        self.gate, self.up = (nn.Linear(width, s["mlp"], bias=False) for _ in range(2))
        self.down = nn.Linear(s["mlp"], width, bias=False)
        self.norm, self.mlp_norm = RmsNorm(width), RmsNorm(width)

    def forward(self, x, cosine, sine, hidden_future):
        n = x.shape[0]
        read = self.norm(x)
        q = self.q(read).view(n, self.heads, self.d).transpose(0, 1)
        k = self.k(read).view(n, self.kv_heads, self.d).transpose(0, 1)
        v = self.v(read).view(n, self.kv_heads, self.d).transpose(0, 1)
        turn = lambda t: t * cosine + torch.cat((-t[..., self.d // 2:], t[..., :self.d // 2]), dim=-1) * sine
        q, k = turn(q), turn(k)
        group = self.heads // self.kv_heads
        z, weights = attention(q, k.repeat_interleave(group, 0), v.repeat_interleave(group, 0), hidden_future)
        x = x + self.o(z.transpose(0, 1).reshape(n, -1))
        read = self.mlp_norm(x)
        return x + self.down(functional.silu(self.gate(read)) * self.up(read)), weights


class Gpt2Layer(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.heads, width = s["heads"], s["width"]
        self.qkv, self.o = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, s["mlp"]), nn.Linear(s["mlp"], width)
        self.norm, self.mlp_norm = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, x, cosine, sine, hidden_future):
        n, width = x.shape
        q, k, v = (t.view(n, self.heads, -1).transpose(0, 1) for t in self.qkv(self.norm(x)).split(width, dim=-1))
        z, weights = attention(q, k, v, hidden_future)
        x = x + self.o(z.transpose(0, 1).reshape(n, width))
        return x + self.down(functional.gelu(self.up(self.mlp_norm(x)), approximate="tanh")), weights


class Model(nn.Module):
    def __init__(self, family):
        super().__init__()
        s = SHAPES[family]
        self.d = s["width"] // s["heads"]
        self.embedding = nn.Embedding(s["vocabulary"], s["width"])
        self.positions = nn.Embedding(2048, s["width"]) if family == "gpt2" else None
        layer = Gpt2Layer if family == "gpt2" else LlamaLayer
        self.layers = nn.ModuleList(layer(s) for _ in range(s["layers"]))
        self.norm = nn.LayerNorm(s["width"]) if family == "gpt2" else RmsNorm(s["width"])

    def forward(self, ids):
        n = len(ids)
        angles = torch.outer(torch.arange(n).float(), 10000 ** (-torch.arange(0, self.d, 2).float() / self.d)).repeat(1, 2)
        hidden_future = torch.full((n, n), float("-inf")).triu(1)
        x = self.embedding(ids)
        if self.positions is not None:
            x = x + self.positions(torch.arange(n))
        hidden, kept = [x], []
        for layer in self.layers:
            x, weights = layer(x, angles.cos(), angles.sin(), hidden_future)
            hidden.append(x)
            kept.append(weights)
        x = self.norm(x)
        return x @ self.embedding.weight.T, hidden, kept


def pytorch_seconds(model, tokens, budget=8):
    """The best of four or more: by the clock, and as the processors' time of all threads."""
    ids = torch.arange(tokens) * 7919 % model.embedding.num_embeddings
    wall = busy = float("inf")
    end, done = time.perf_counter() + budget, 0
    with torch.no_grad():
        while done < 4 or (time.perf_counter() < end and done < 50):
            torch.set_num_threads(1 if done % 2 else os.cpu_count())
            start, used = time.perf_counter(), time.process_time()
            model(ids)
            busy, wall = min(busy, time.process_time() - used), min(wall, time.perf_counter() - start)
            done += 1
    return wall, busy


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    program, folder = sys.argv[1:3]
    rest = sys.argv[3:]
    families = [part for part in rest if part in SHAPES] or list(SHAPES)
    lengths = [part for part in rest if part not in SHAPES] or ["128", "512", "1024", "2048"]
    print(f"PyTorch {torch.__version__}, eager, {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}; times in "
          "seconds; busy: processor time of all threads")
    for family in families:
        model = Model(family).eval()
        for tokens in lengths:  # ours and PyTorch's by turns, so that both see the same machine
            done = subprocess.run([program, folder, family, tokens], check=True, capture_output=True, text=True)
            opened, ours = [json.loads(line) for line in done.stdout.splitlines()][:2]
            if tokens == lengths[0]:
                print(f"{family}: open {opened['open_s']:.2f} s, of which reading the bytes takes {opened['read_s']:.2f} s\n"
                      f"{'tokens':>8}{'qkvlab':>9}{'PyTorch':>9}{'ratio':>7}{'GFLOP/s':>9}{'of peak':>9}"
                      f"{'busy':>8}{'PyTorch':>9}{'ratio':>7}{'of peak':>9}{'to pattern':>12}{'memory/weights':>16}")
            wall, busy = pytorch_seconds(model, int(tokens))
            print(f"{tokens:>8}{ours['forward_s']:>9.3f}{wall:>9.3f}{wall / ours['forward_s']:>6.1f}x"
                  f"{ours['gflops']:>9.0f}{ours['of_peak']:>8.0%} {ours['busy_s']:>8.3f}{busy:>9.3f}"
                  f"{busy / ours['busy_s']:>6.1f}x{ours['busy_of_peak']:>8.0%} {ours['open_to_pattern_s']:>11.2f}"
                  f"{ours['peak_bytes'] / opened['weights_bytes']:>15.2f}", flush=True)
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
