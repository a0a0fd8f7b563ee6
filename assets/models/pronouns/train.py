#!/usr/bin/python3
"""Trains the pronouns checkpoint and writes it beside this file: a BERT-shaped encoder that says at 'it' who 'it' is.

    assets/models/pronouns/train.py [--out FOLDER]

Cross-entropy of the answer at 'it' (or at [MASK] in its place) is the only loss; the attention is left to itself.
"""
import argparse
import math
import random
import time
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy

import check
import grammar
from model import Bert, hf_folder

SEED, STEPS, BATCH, LEARNING_RATE = 0, 1250, 64, 1e-3
IT_MASKED = 0.2  # share of the sentences whose 'it' is replaced by [MASK]

CONFIG = {
    "add_cross_attention": False,
    "architectures": ["BertForMaskedLM"],
    "attention_probs_dropout_prob": 0.0,
    "bos_token_id": None,
    "classifier_dropout": None,
    "dtype": "float32",
    "eos_token_id": None,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.0,
    "hidden_size": 64,
    "initializer_range": 0.02,
    "intermediate_size": 128,
    "is_decoder": False,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 24,
    "model_type": "bert",
    "num_attention_heads": 4,
    "num_hidden_layers": 2,
    "pad_token_id": 0,
    "tie_word_embeddings": True,
    "type_vocab_size": 2,
    "use_cache": True,
    "vocab_size": len(grammar.VOCABULARY),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent)
    folder = parser.parse_args().out
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    rng = random.Random(SEED + 1)
    tokenizer = hf_folder.WordLevel(grammar.VOCABULARY, grammar.SPECIAL, "[UNK]", "[CLS]", "[SEP]")
    model = Bert(CONFIG)
    with torch.no_grad():  # nn.Embedding begins with variance 1, too large for logits of a tied head
        for table in ("word", "position", "token_type"):
            getattr(model.bert["embeddings"], f"{table}_embeddings").weight.mul_(0.1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.01, betas=(0.9, 0.98))
    began = time.time()
    for step in range(STEPS):
        rate = min(1, (step + 1) / 100) * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / STEPS)))
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * rate
        sentences = [grammar.sentence(rng, from_held_out=False) for _ in range(BATCH)]
        ids, it, referent = check.batch_of(tokenizer, sentences)
        rows = torch.arange(BATCH)
        answer = ids[rows, referent]
        masked = torch.tensor([rng.random() < IT_MASKED for _ in range(BATCH)])
        ids[rows[masked], it[masked]] = tokenizer.ids["[MASK]"]
        loss = cross_entropy(model.predict(model(ids)[rows, it]), answer)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 250 == 0 or step == STEPS - 1:
            print(f"step {step}  {time.time() - began:.0f} s  loss {loss.item():.4f}", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    hf_folder.write_json(folder / "config.json", CONFIG)
    hf_folder.save_safetensors(folder / "model.safetensors", model.state_dict(), {"format": "pt"})
    tokenizer.save(folder, CONFIG["max_position_embeddings"])
    print(f"trained in {time.time() - began:.0f} s of wall clock, {time.process_time():.0f} s of processor time")
    check.report(folder)


if __name__ == "__main__":
    main()
