#!/usr/bin/python3
"""Measures the pronouns checkpoint from its files, on sentences whose combinations it never saw.

    assets/models/pronouns/check.py [FOLDER]
    assets/models/pronouns/check.py --oracle tests/oracle/trained    also writes what the C++ tests compare with

Exit status 1 when a promise of the model card is not kept.
"""
import argparse
import random
import sys
from pathlib import Path

import torch

import grammar
from model import Bert, hf_folder

SENTENCES, SEED = 4000, 20261121
PAIR = ("The dog chased the ball because it was excited.", "The dog chased the ball because it was red.")
NOUNS = set(grammar.ANIMALS) | set(grammar.THINGS)


def batch_of(tokenizer, sentences):
    """-> ids [batch, n] padded with 0, and where 'it' and the referent stand, [batch] each; [CLS] is at 0."""
    ids = torch.zeros(len(sentences), 2 + max(len(words) for words, _, _ in sentences), dtype=torch.long)
    for row, (words, _, _) in enumerate(sentences):
        encoded = [tokenizer.ids[w] for w in ["[CLS]", *words, "[SEP]"]]
        ids[row, : len(encoded)] = torch.tensor(encoded)
    return ids, *(1 + torch.tensor(column) for column in list(zip(*sentences))[1:])


@torch.no_grad()
def measure(model, tokenizer, sentences):
    """Share of right answers; per head, how often 'it' attends to the referent more than to any other token of the
    sentence ([CLS] and [SEP] included, so this is the stricter way), and its mean weight."""
    ids, it, referent = batch_of(tokenizer, sentences)
    rows = torch.arange(len(ids))
    predicted = model.predict(model(ids)[rows, it]).argmax(dim=-1)
    right = (predicted == ids[rows, referent]).float().mean().item()
    first, weight = {}, {}
    for layer, pattern in enumerate(model.patterns()):
        row = pattern[rows, :, it].clone()  # [batch, heads, n]
        weight |= {(layer, h): row[rows, h, referent].mean().item() for h in range(row.shape[1])}
        row[rows, :, it] = -1  # the other tokens
        first |= {(layer, h): (row[:, h].argmax(-1) == referent).float().mean().item() for h in range(row.shape[1])}
    return right, first, weight


@torch.no_grad()
def answer(model, tokenizer, text):
    ids = tokenizer.encode(text)
    at = next(i for i, t in enumerate(ids) if tokenizer.words[t] in ("it", "[MASK]"))
    chance = torch.softmax(model.predict(model(torch.tensor([ids])))[0, at], dim=-1)
    return tokenizer.words[int(chance.argmax())], chance.max().item()


def report(folder):
    """Prints the figures; whether the promises are kept."""
    model, tokenizer = Bert.load(folder), hf_folder.WordLevel.load(folder / "tokenizer.json")
    rng = random.Random(SEED)
    fresh = [grammar.sentence(rng, from_held_out=True) for _ in range(SENTENCES)]
    right, first, weight = measure(model, tokenizer, fresh)
    (layer, head), best = max(first.items(), key=lambda item: item[1])
    print(f"{SENTENCES} sentences of combinations held out: {right:.2%} right")
    for (l, h), share in first.items():
        print(f"  head {l}.{h}: 'it' attends most to the referent in {share:.1%}, mean weight {weight[l, h]:.2f}")
    for name, place in (("first", min), ("second", max)):
        some = [s for s in fresh if s[2] == place(i for i, word in enumerate(s[0]) if word in NOUNS)]
        print(f"  referent {name}: {len(some) / SENTENCES:.1%} of them, {measure(model, tokenizer, some)[0]:.2%} right")
    print(f"best head {layer}.{head}: {best:.1%}")
    answers = [answer(model, tokenizer, text) for text in PAIR]
    for text, (word, chance) in zip(PAIR, answers):
        print(f"  {text}  it = {word} ({chance:.3f})")
    return right >= 0.95 and best >= 0.9 and [word for word, _ in answers] == ["dog", "ball"]


def write_oracle(folder, out):
    model, tokenizer = Bert.load(folder), hf_folder.WordLevel.load(folder / "tokenizer.json")
    out.mkdir(parents=True, exist_ok=True)
    texts = [*PAIR, "One day, the big kite struck a hungry [MASK] because it looked quite sleepy."]
    hf_folder.write_oracle(out, "pronouns", model, tokenizer, texts)
    rng = random.Random(SEED + 1)
    sentences = [grammar.sentence(rng, from_held_out=True) for _ in range(200)]
    hf_folder.write_json(out / "pronouns_heldout.json", [
        {"text": grammar.text_of(words), "it": it + 1, "referent": referent + 1, "answer": words[referent]}
        for words, it, referent in sentences])


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
