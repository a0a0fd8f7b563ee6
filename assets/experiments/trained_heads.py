#!/usr/bin/env python3
"""Writes trained_head, trained_head_red, tuned_head and random_head: head 1.2 of assets/models/pronouns as an experiment,
the same head on another sentence, after a small change of W_Q, and with random weights of the same shape.

    trained_heads.py build/release/bin/qkvlab

Its x is what layer 1 of the model reads on that sentence, its weights are the model's. Numbers are rounded to four digits
behind the point. The change of W_Q is gradient descent on one loss, -log of the weight that 'it' gives to 'ball'."""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

import numpy

HERE = pathlib.Path(__file__).resolve().parent
MODEL = HERE.parent / "models" / "pronouns"
LAYER, HEAD, D = 1, 2, 16
STEPS, RATE = 15, 0.01


def tensors(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    found = {"metadata": header.pop("__metadata__", {})}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        kind = {"F32": numpy.float32, "I64": numpy.int64, "I32": numpy.int32}[entry["dtype"]]
        found[name] = numpy.frombuffer(data[8 + size + begin : 8 + size + end], kind).reshape(entry["shape"])
    return found


def capture(program, text):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "x.safetensors"
        subprocess.run([program, "trace", MODEL, "--text", text, "--out", out], check=True, capture_output=True)
        found = tensors(out)
    return json.loads(found["metadata"]["tokens"]), found["hidden"][LAYER].astype(float)


def rows(matrix):
    return [[float(f"{value:.4f}") for value in row] for row in matrix]


def softmax(scores):
    e = numpy.exp(scores - scores.max())
    return e / e.sum()


def tuned(x, w, it, ball):
    """W_Q after STEPS of gradient descent; of the loss of one row only the row of x of 'it' meets W_Q."""
    w_q = w["w_q"].copy()
    k = x @ w["w_k"] + w["b_k"]
    for _ in range(STEPS):
        a = softmax((x[it] @ w_q + w["b_q"][0]) @ k.T / numpy.sqrt(D))
        a[ball] -= 1  # d loss / d scores
        w_q -= RATE * numpy.outer(x[it], a @ k / numpy.sqrt(D))
    return w_q


def write(name, title, description, tokens, x, w, origins, changed=None):
    head = {"name": "head 1.2 of pronouns" if changed is None else changed}
    for key in ("w_q", "b_q", "w_k", "b_k", "w_v", "b_v"):
        origin = origins.get(key, "trained")
        if origin == "random":
            head[key] = {"origin": "random", "seed": 2017, "deviation": float(f"{w[key].std():.3f}")}
        else:
            head[key] = {"origin": origin, "values": rows(w[key])}
    if origins:
        for key in ("b_q", "b_k", "b_v"):
            if origins.get(key) == "none":
                del head[key]
    experiment = {
        "format": "qkvlab-experiment", "version": 1, "title": title, "description": description, "tokens": tokens,
        "d_model": x.shape[1], "d_k": D, "d_v": D, "embedding": {"origin": "trained", "values": rows(x)},
        "layers": [{"heads": [head]}], "options": {"scale": True, "mask": "none", "positions": "none"},
    }
    text = json.dumps(experiment, ensure_ascii=False).replace(", [", ",\n  [").replace('], "', '],\n "').replace("[[", "[\n  [")
    (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def main():
    program = sys.argv[1]
    model = tensors(MODEL / "model.safetensors")
    w = {}
    for key, name in (("q", "query"), ("k", "key"), ("v", "value")):
        own = f"bert.encoder.layer.{LAYER}.attention.self.{name}."
        w[f"w_{key}"] = model[own + "weight"][HEAD * D : HEAD * D + D].T.astype(float)  # stored [out, in]
        w[f"b_{key}"] = model[own + "bias"][None, HEAD * D : HEAD * D + D].astype(float)
    tokens, x = capture(program, "The dog chased the ball because it was excited")
    red_tokens, red_x = capture(program, "The dog chased the ball because it was red")
    it, ball = tokens.index("it"), tokens.index("ball")

    write("trained_head", "Trained: a head of 'pronouns'",
          "Nothing here was set by hand: head 1.2 of the small model 'pronouns' with its trained weights, and as X what reaches "
          "its layer 1. The model learned only to name what 'it' stands for; where to look was never told. No column has a "
          "name, and yet 'it' attends to 'dog'.", tokens, x, w, {})
    write("trained_head_red", "Trained: the same head, 'red'",
          "The same trained head, 1.2 of 'pronouns', with the same weights number by number, on the sentence that ends in "
          "'red'. Only X differs, and with it Q, K and V: now 'it' attends to 'ball'.", red_tokens, red_x, w, {})
    moved = tuned(x, w, it, ball)
    share = numpy.linalg.norm(moved - w["w_q"]) / numpy.linalg.norm(w["w_q"])
    write("tuned_head", "Tuned: the same head after a small change of W_Q",
          f"The trained head 1.2 of 'pronouns' after a little more training of W_Q alone: {STEPS} steps of gradient descent that "
          f"asked 'it' to attend to 'ball'. The change has {100 * share:.0f} % of the size of W_Q. W_K and W_V are as they were, and X is the same.",
          tokens, x, {**w, "w_q": moved}, {}, "head 1.2 of pronouns, tuned")
    write("random_head", "Random: the same shape, nothing learned",
          "The same X as in 'Trained: a head of 'pronouns'', the same shapes, and numbers of the same size in W_Q, W_K and W_V, "
          "but random ones, from a seed. This is what the head was before training: the pattern means nothing.",
          tokens, x, w, {"w_q": "random", "w_k": "random", "w_v": "random", "b_q": "none", "b_k": "none", "b_v": "none"}, "random")
    print(f"size of the change of W_Q: {share:.3f}")


if __name__ == "__main__":
    main()
