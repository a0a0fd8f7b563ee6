#!/usr/bin/python3
"""Makes cases.safetensors: attention computed by PyTorch in float64, for tests/core/attention/oracle_test.cpp.

    tests/oracle/attention/make_cases.py

Inputs are float32; results are float64 rounded to float32. Tensors are named CASE/embedding, CASE/LAYER.w_q and
CASE/LAYER.weights ([heads, rows, columns]), CASE/LAYER.layer_output, …; the metadata holds each case's options as JSON.
Before it writes, plain cases are checked against torch.nn.MultiheadAttention.
"""
import json
import math
import pathlib
import struct

import torch

torch.manual_seed(20170612)


class Case:
    def __init__(self, name, n=6, d_model=8, d_k=4, d_v=4, heads=1, layers=1, w_o=False, biases=False, bias=False,
                 scale=True, temperature=1.0, mask="none", window=2, padding=(), custom=(), positions="none",
                 rope_base=10000.0, given=""):
        self.name = name
        self.options = dict(layers=layers, heads=heads, scale=scale, temperature=temperature, mask=mask, window=window,
                            padding=list(padding), custom=[list(cell) for cell in custom], positions=positions,
                            rope_base=rope_base)
        self.n, self.d_model = n, d_model
        self.inputs = {}

        def make(key, *shape, deviation=1.0):
            self.inputs[key] = (torch.randn(*shape) * deviation).float()

        make("embedding", n, d_model)
        if bias:
            make("score_bias", n, n)
        for layer in range(layers):
            for head in range(heads):
                for letter, width in (("q", d_k), ("k", d_k), ("v", d_v)):
                    if letter in given:
                        make(f"{layer}.{head}.{letter}", n, width)
                        continue
                    make(f"{layer}.{head}.w_{letter}", d_model, width, deviation=d_model**-0.5)
                    if biases:
                        make(f"{layer}.{head}.b_{letter}", 1, width, deviation=0.5)
            if w_o:
                make(f"{layer}.w_o", heads * d_v, d_model, deviation=(heads * d_v)**-0.5)
                if biases:
                    make(f"{layer}.b_o", 1, d_model, deviation=0.5)


def sinusoids(n, d_model):
    table = torch.zeros(n, d_model, dtype=torch.float64)
    position = torch.arange(n, dtype=torch.float64)[:, None]
    even = torch.arange(0, d_model, 2, dtype=torch.float64)
    angle = position / 10000 ** (even / d_model)
    table[:, 0::2] = torch.sin(angle)
    table[:, 1::2] = torch.cos(angle)[:, : d_model // 2]
    return table


def rotary(rows, base):
    """The rotate-half form: columns i and i + d/2 turn together; an odd last column stays."""
    d = rows.shape[1] // 2 * 2
    if d == 0:
        return rows
    turned, rest = rows[:, :d], rows[:, d:]
    frequency = 1.0 / base ** (torch.arange(0, d, 2, dtype=torch.float64) / d)
    angle = torch.arange(rows.shape[0], dtype=torch.float64)[:, None] * frequency
    cosine, sine = torch.cos(angle).repeat(1, 2), torch.sin(angle).repeat(1, 2)
    swapped = torch.cat((-turned[:, d // 2:], turned[:, : d // 2]), dim=1)
    return torch.cat((turned * cosine + swapped * sine, rest), dim=1)


def hidden(options, n):
    """True where a query may not see a key."""
    mask = torch.zeros(n, n, dtype=torch.bool)
    if options["mask"] in ("causal", "window"):
        mask = torch.ones(n, n, dtype=torch.bool).triu(1)
    if options["mask"] == "window":
        mask |= torch.ones(n, n, dtype=torch.bool).tril(-options["window"])
    if options["padding"]:
        mask |= torch.tensor(options["padding"], dtype=torch.bool)[None, :]
    for query, key, allowed in options["custom"]:
        mask[query, key] = not allowed
    return mask


def run(case):
    """Everything on the way, in float64."""
    options = case.options
    given = {key: tensor.double() for key, tensor in case.inputs.items()}
    results = {}
    x = given["embedding"]
    if options["positions"] == "sinusoidal":
        x = x + sinusoids(case.n, case.d_model)
    mask = hidden(options, case.n)
    for layer in range(options["layers"]):
        results[f"{layer}.x"] = x
        outputs = []
        for head in range(options["heads"]):
            at = f"{layer}.{head}."

            def project(letter):
                if at + letter in given:
                    return given[at + letter]
                bias = given.get(at + "b_" + letter)
                return torch.nn.functional.linear(x, given[at + "w_" + letter].T, None if bias is None else bias[0])

            q, k, v = project("q"), project("k"), project("v")
            results.update({at + "q": q, at + "k": k, at + "v": v})
            if options["positions"] == "rope":
                q, k = rotary(q, options["rope_base"]), rotary(k, options["rope_base"])
                results.update({at + "q_rotated": q, at + "k_rotated": k})
            scores = torch.matmul(q, k.T)
            scaled = scores / math.sqrt(q.shape[1]) if options["scale"] else scores
            scaled = scaled / options["temperature"]
            if options["positions"] == "alibi":
                distance = (torch.arange(case.n)[:, None] - torch.arange(case.n)[None, :]).abs()
                scaled = scaled - 2.0 ** (-8.0 * (head + 1) / options["heads"]) * distance
            if "score_bias" in given:
                scaled = scaled + given["score_bias"]
            scaled = scaled.masked_fill(mask, -math.inf)
            weights = torch.softmax(scaled, dim=1)
            weights = weights.masked_fill(mask.all(dim=1, keepdim=True), 0.0)  # a fully masked row is zero
            output = torch.matmul(weights, v)
            results.update({at + "scores": scores, at + "scaled": scaled, at + "weights": weights, at + "output": output})
            outputs.append(output)
        joined = torch.cat(outputs, dim=1)
        if f"{layer}.w_o" in given:
            joined = joined @ given[f"{layer}.w_o"] + given.get(f"{layer}.b_o", torch.zeros(1, dtype=torch.float64))
        results[f"{layer}.layer_output"] = joined
        if joined.shape != x.shape:
            return results
        x = x + joined
    results[f"{options['layers']}.x"] = x
    return results


def check_against_torch(case, results):
    """The same numbers from torch.nn.MultiheadAttention, where it can express the case."""
    options, given = case.options, {key: tensor.double() for key, tensor in case.inputs.items()}
    heads = options["heads"]
    module = torch.nn.MultiheadAttention(case.d_model, heads, bias=True).double().eval()

    def stacked(kind):
        return torch.cat([given[f"0.{head}.{kind}_{letter}"].T for letter in "qkv" for head in range(heads)])

    with torch.no_grad():
        module.in_proj_weight.copy_(stacked("w"))
        module.in_proj_bias.copy_(stacked("b")[:, 0])
        module.out_proj.weight.copy_(given["0.w_o"].T)
        module.out_proj.bias.copy_(given["0.b_o"][0])
        x = given["embedding"][:, None, :]
        output, weights = module(x, x, x, attn_mask=hidden(options, case.n), average_attn_weights=False)
    assert torch.allclose(output[:, 0], results["0.layer_output"], rtol=1e-12, atol=1e-12), case.name
    for head in range(heads):
        assert torch.allclose(weights[0, head], results[f"0.{head}.weights"], rtol=1e-12, atol=1e-12), case.name


def cases():
    for heads in range(1, 17):
        yield Case(f"{heads} heads, causal", heads=heads, d_k=2, d_v=2, w_o=True, mask="causal"), False
    for heads, mask in ((1, "none"), (2, "causal"), (4, "window")):
        d = 8 // heads
        yield Case(f"as MultiheadAttention, {heads} heads, {mask}", heads=heads, d_k=d, d_v=d, w_o=True, biases=True,
                   mask=mask, window=3), True
    for mask in ("none", "causal", "window"):
        for positions in ("none", "sinusoidal", "rope", "alibi"):
            yield Case(f"mask {mask}, positions {positions}", mask=mask, positions=positions, heads=2, window=3,
                       w_o=positions == "alibi", biases=mask == "none", scale=mask != "window"), False
    pad = (True, False, False, True, False, False)
    yield Case("padding", padding=pad, heads=2), False
    yield Case("padding that masks a whole row", padding=pad, mask="causal", w_o=True, biases=True), False
    yield Case("custom cells", mask="causal", custom=((0, 0, False), (1, 5, True), (4, 2, False))), False
    yield Case("custom cells over padding", padding=pad, custom=((2, 0, True),), positions="alibi"), False
    yield Case("score bias", bias=True, heads=2, mask="causal"), False
    yield Case("no scale", scale=False), False
    yield Case("temperature 0.5", temperature=0.5, mask="causal"), False
    yield Case("temperature 4, no scale", temperature=4.0, scale=False, bias=True), False
    yield Case("odd widths", d_model=7, d_k=5, d_v=3, heads=2, positions="sinusoidal", biases=True, w_o=True), False
    yield Case("rope with odd d_k and base 500", d_k=5, positions="rope", rope_base=500.0), False
    yield Case("d_k of one", d_k=1, d_v=1, heads=3, positions="rope", w_o=True), False
    yield Case("one token", n=1, mask="causal", w_o=True), False
    yield Case("forty tokens", n=40, d_model=4, d_k=2, d_v=2, mask="window", window=8, positions="rope"), False
    yield Case("wide", n=3, d_model=64, d_k=32, d_v=2, positions="sinusoidal"), False
    yield Case("q and k given", given="qk", mask="causal"), False
    yield Case("q, k and v given", given="qkv", heads=2, positions="alibi"), False
    yield Case("two layers", layers=2, heads=2, d_k=3, d_v=4, mask="causal"), False
    yield Case("three layers, rope", layers=3, heads=4, d_k=2, d_v=2, w_o=True, biases=True, positions="rope"), False
    yield Case("four layers, all at once", layers=4, heads=2, w_o=True, biases=True, bias=True, mask="window", window=4,
               padding=(False, True, False, False, False, False), positions="sinusoidal", temperature=1.5), False


def stack_heads(tensors, heads):
    """LAYER.HEAD.name of every head becomes one LAYER.name with the heads as its first axis."""
    stacked = {}
    for key, tensor in tensors.items():
        parts = key.split(".")
        if len(parts) < 3:
            stacked[key] = tensor
        elif parts[1] == "0":
            layer, _, name = parts
            stacked[f"{layer}.{name}"] = torch.stack([tensors[f"{layer}.{head}.{name}"] for head in range(heads)])
    return stacked


def write_safetensors(path, tensors, metadata):
    header, offset = {"__metadata__": metadata}, 0
    for name, tensor in tensors.items():
        size = tensor.numel() * 4
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.numpy().astype("<f4").tobytes())


def main():
    tensors, metadata = {}, {}
    for case, is_standard in cases():
        results = run(case)
        if is_standard:
            check_against_torch(case, results)
        metadata[case.name] = json.dumps(case.options)
        kept = {**{key: tensor.float() for key, tensor in results.items()}, **case.inputs}
        for key, tensor in stack_heads(kept, case.options["heads"]).items():
            tensors[f"{case.name}/{key}"] = tensor
    path = pathlib.Path(__file__).parent / "cases.safetensors"
    write_safetensors(path, tensors, metadata)
    print(f"{path}: {len(metadata)} cases, {len(tensors)} tensors, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
