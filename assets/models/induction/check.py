#!/usr/bin/python3
"""Measures the induction checkpoint from its files, on fresh random sequences.

    assets/models/induction/check.py [FOLDER]
    assets/models/induction/check.py --oracle tests/oracle/trained    also writes what the C++ tests compare with

Exit status 1 when a promise of the model card is not kept.
"""
import argparse
import sys
from pathlib import Path

import torch

import sequences
from model import Gpt2, hf_folder

COUNT, SEED = 200, 20261121
SENTENCE = "the quick brown fox found a little lamp in the garden . the quick brown fox found a"


@torch.no_grad()
def measure(model, ids, predictable):
    """(previous-token scores of layer 0, induction scores of layer 1, share of the predictable tokens predicted)."""
    predicted = model(ids)[:, :-1].argmax(dim=-1)
    known = predictable[:, :-1]
    right = (predicted == ids[:, 1:])[known].float().mean()
    previous, induction = (block.attn.seen["pattern"] for block in model.h)
    return sequences.scores(previous, ids)[0], sequences.scores(induction, ids)[1], right


def kinds(n, g):
    """Name -> (ids, predictable) of fresh sequences."""
    made = {"random words with a repeated part": sequences.repeated(COUNT, n, g)}
    for length in (8, 16, 32, n // 2):
        ids = sequences.twice(COUNT, length, g)
        made[f"{length} distinct words, twice"] = ids, (torch.arange(2 * length) >= length).expand_as(ids)
    return made


def report(folder):
    """Prints the figures; whether the promises are kept."""
    model, tokenizer = Gpt2.load(folder), hf_folder.WordLevel.load(folder / "tokenizer.json")
    kept = True
    listed = lambda scores: "  ".join(f"{s:.3f}" for s in scores.tolist())
    for name, sequences_of_kind in kinds(model.config["n_positions"], torch.Generator().manual_seed(SEED)).items():
        previous, induction, right = measure(model, *sequences_of_kind)
        print(f"{name}: {right:.1%} of the predictable tokens right\n"
              f"  previous-token scores of layer 0: {listed(previous)}\n  induction scores of layer 1: {listed(induction)}")
        kept &= bool(previous.max() >= 0.8 and induction.max() >= 0.8)
    with torch.no_grad():
        chance = torch.softmax(model(torch.tensor([tokenizer.encode(SENTENCE)]))[0, -1], dim=-1)
    print(f"{SENTENCE} -> {tokenizer.words[int(chance.argmax())]} ({chance.max():.3f})")
    return kept


def write_oracle(folder, out):
    model, tokenizer = Gpt2.load(folder), hf_folder.WordLevel.load(folder / "tokenizer.json")
    out.mkdir(parents=True, exist_ok=True)
    n = model.config["n_positions"]
    ids = sequences.repeated(20, n, torch.Generator().manual_seed(SEED + 1))[0]
    fresh = [" ".join(tokenizer.words[i] for i in row) for row in ids.tolist()]
    hf_folder.write_json(out / "induction_fresh.json", fresh)
    hf_folder.write_oracle(out, "induction", model, tokenizer, [SENTENCE, fresh[0]])


def main():
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=here)
    parser.add_argument("--oracle", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.oracle:
        write_oracle(arguments.folder, arguments.oracle)
    sys.exit(0 if report(arguments.folder) else 1)


if __name__ == "__main__":
    main()
