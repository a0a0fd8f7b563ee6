#!/usr/bin/python3
"""Trains the induction checkpoint and writes it beside this file: two layers of GPT-2's shape on repeated words.

    assets/models/induction/train.py [--out FOLDER]

Cross-entropy of the next token, where it can be known, is the only loss; the attention is left to itself.
"""
import argparse
import math
import time
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy

import check
import sequences
from model import Gpt2, hf_folder

SEED, EASY_STEPS, STEPS, TOKENS = 0, 150, 900, 1920
MATRIX_RATE, OTHER_RATE = 0.02, 1e-3
POSITION_DIMENSIONS, WORD_DIMENSIONS = slice(0, 24), slice(24, 80)  # where they begin; both may leave

CONFIG = {
    "activation_function": "gelu_new",
    "add_cross_attention": False,
    "architectures": ["GPT2LMHeadModel"],
    "attn_pdrop": 0.0,
    "bos_token_id": None,
    "dtype": "float32",
    "embd_pdrop": 0.0,
    "eos_token_id": None,
    "initializer_range": 0.02,
    "layer_norm_epsilon": 1e-05,
    "model_type": "gpt2",
    "n_embd": 128,
    "n_head": 4,
    "n_inner": 128,
    "n_layer": 2,
    "n_positions": 96,
    "pad_token_id": None,
    "reorder_and_upcast_attn": False,
    "resid_pdrop": 0.0,
    "scale_attn_by_inverse_layer_idx": False,
    "scale_attn_weights": True,
    "summary_activation": None,
    "summary_first_dropout": 0.1,
    "summary_proj_to_labels": True,
    "summary_type": "cls_index",
    "summary_use_proj": True,
    "tie_word_embeddings": True,
    "use_cache": True,
    "vocab_size": len(sequences.WORDS) + 1,
}


@torch.no_grad()
def initial():
    """Random, but at scales from which the heads form within hundreds of steps: small
    embeddings, so that with a tied head a token does not predict itself; positions that begin as sinusoids, in other
    dimensions than the words; a second layer whose heads begin by copying what they look at (W_O = W_Vᵀ)."""
    d = CONFIG["n_embd"]
    model = Gpt2(CONFIG, std=0.7 / math.sqrt(d))
    words = torch.zeros_like(model.wte.weight)
    words[:, WORD_DIMENSIONS] = 0.076 * model.wte.weight[:, WORD_DIMENSIONS]
    model.wte.weight.copy_(words)
    pairs = POSITION_DIMENSIONS.stop // 2
    angle = torch.arange(CONFIG["n_positions"])[:, None] * math.pi * ((torch.arange(pairs) + 0.5) / pairs) ** 1.5
    model.wpe.weight.zero_()
    model.wpe.weight[:, POSITION_DIMENSIONS] = 0.16 * torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)
    first, second = model.h
    first.attn.c_proj.weight.mul_(0.15)
    first.mlp["c_proj"].weight.mul_(0.05)
    second.mlp["c_proj"].weight.mul_(0.3)
    value = torch.zeros(d, d)
    rows = WORD_DIMENSIONS.stop - WORD_DIMENSIONS.start
    value[WORD_DIMENSIONS] = torch.linalg.qr(torch.randn(d, d))[0][:rows]
    second.attn.c_attn.weight[:, 2 * d :] = value
    second.attn.c_proj.weight.copy_(value.T)
    return model


class Muon:
    """Momentum whose step is made orthogonal by Newton-Schulz iteration (Jordan et al. 2024), for the layers' matrices;
    q, k and v, which GPT-2 keeps side by side, are three of them."""

    def __init__(self, matrices, width):
        self.matrices, self.width = matrices, width
        self.momenta = [torch.zeros_like(m) for m in matrices]

    @staticmethod
    def orthogonal(x):
        x = x / (x.norm() + 1e-7)
        for _ in range(5):
            square = x @ x.T
            x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
        return x

    @torch.no_grad()
    def step(self, rate):
        for matrix, momentum in zip(self.matrices, self.momenta):
            momentum.mul_(0.95).add_(matrix.grad)
            towards = (matrix.grad + 0.95 * momentum).split(self.width, dim=1)
            matrix.sub_(torch.cat([self.orthogonal(part) for part in towards], dim=1), alpha=rate)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent)
    folder = parser.parse_args().out
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    g = torch.Generator().manual_seed(SEED + 1)
    model = initial()
    layers = [p for name, p in model.named_parameters() if name.startswith("h.") and p.dim() == 2]
    others = [p for p in model.parameters() if not any(p is m for m in layers)]
    muon, adam = Muon(layers, CONFIG["n_embd"]), torch.optim.AdamW(others, lr=OTHER_RATE, weight_decay=0.01, betas=(0.9, 0.98))
    began = time.time()
    for step in range(STEPS):
        rate = min(1, (step + 1) / 50)
        if step >= EASY_STEPS:
            rate *= 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (step - EASY_STEPS) / (STEPS - EASY_STEPS)))
        for group in adam.param_groups:
            group["lr"] = OTHER_RATE * rate
        make, n = (sequences.pieces, 40) if step < EASY_STEPS else (sequences.repeated, CONFIG["n_positions"])
        ids, predictable = make(TOKENS // n, n, g)
        known = predictable[:, :-1]
        loss = cross_entropy(model(ids)[:, :-1][known], ids[:, 1:][known])
        model.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()
        muon.step(MATRIX_RATE * rate)
        if step % 50 == 0 or step == STEPS - 1:
            previous, induction = check.measure(model, *sequences.repeated(16, CONFIG["n_positions"], torch.Generator().manual_seed(2)))[:2]
            print(f"step {step}  {time.time() - began:.0f} s  loss {loss.item():.4f}  "
                  f"previous {previous.max():.3f}  induction {induction.max():.3f}", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    hf_folder.write_json(folder / "config.json", CONFIG)
    hf_folder.save_safetensors(folder / "model.safetensors", model.state_dict(), {"format": "pt"})
    tokenizer = hf_folder.WordLevel([sequences.UNKNOWN, *sequences.WORDS], [sequences.UNKNOWN], sequences.UNKNOWN)
    tokenizer.save(folder, CONFIG["n_positions"])
    print(f"trained in {time.time() - began:.0f} s of wall clock, {time.process_time():.0f} s of processor time")
    check.report(folder)


if __name__ == "__main__":
    main()
