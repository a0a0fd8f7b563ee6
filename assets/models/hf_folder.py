"""Reads and writes model folders as Hugging Face publishes them, without its libraries: safetensors, tokenizer.json.

Used by the training and checking scripts of the two checkpoints beside it (PyTorch and NumPy only).
"""
import json
import re
import struct
from pathlib import Path

import numpy
import torch

DTYPES = {"F32": numpy.dtype("<f4"), "I64": numpy.dtype("<i8")}


def save_safetensors(path, tensors, metadata=None):
    """tensors: name -> torch tensor, float32 or int64. Eight bytes of length, a JSON header padded to eight, the data."""
    arrays = {name: t.detach().contiguous().numpy() for name, t in sorted(tensors.items())}
    header, offset = {}, 0
    if metadata:
        header["__metadata__"] = metadata
    for name, array in arrays.items():
        dtype = next(key for key, value in DTYPES.items() if value == array.dtype)
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    Path(path).write_bytes(struct.pack("<Q", len(text)) + text + b"".join(a.tobytes() for a in arrays.values()))
    back, _ = load_safetensors(path)
    if any(not torch.equal(back[name], tensors[name].detach()) for name in tensors):
        raise RuntimeError(f"{path} does not read back as it was written")


def load_safetensors(path):
    """(name -> tensor, metadata)."""
    data = Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + o for o in entry["data_offsets"])
        array = numpy.frombuffer(data[begin:end], dtype=DTYPES[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(array.copy())
    return tensors, metadata


def save_capture(path, model, name, tokenizer, text):
    """A capture file (DESIGN.md §7) of one text, with the text itself in the metadata."""
    ids = tokenizer.encode(text)
    record = model.record(ids)
    layers = sum(part.endswith(".pattern") for part in record)
    heads, _, width = record["blocks.0.q"].shape
    save_safetensors(path, dict(record, token_ids=torch.tensor(ids)), {
        "attn_capture": "1",
        "tokens": json.dumps([tokenizer.words[i] for i in ids], ensure_ascii=False),
        "scale": json.dumps([width**-0.5] * layers),
        "model": name,
        "producer": f"assets/models/{name}/check.py, torch {torch.__version__}, float32",
        "text": text,
    })


def write_oracle(out, name, model, tokenizer, texts):
    """NAME.safetensors, NAME_2.safetensors, …: one capture file a text."""
    for number, text in enumerate(texts, 1):
        save_capture(out / f"{name}{'' if number == 1 else f'_{number}'}.safetensors", model, name, tokenizer, text)


def write_json(path, value):
    Path(path).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


class WordLevel:
    """A tokenizer of whole words: lower case, split at spaces and punctuation, unknown words are one token."""

    def __init__(self, words, special, unknown, begin=None, end=None):
        """words: the vocabulary in order of ids, special tokens included; begin, end: put around every text."""
        self.words, self.special, self.unknown, self.begin, self.end = words, special, unknown, begin, end
        self.ids = {word: i for i, word in enumerate(words)}
        if len(self.ids) != len(words):
            raise ValueError(f"words that stand twice: {sorted(w for w in self.ids if words.count(w) > 1)}")

    @staticmethod
    def load(path):
        data = json.loads(Path(path).read_text())
        vocabulary = data["model"]["vocab"]
        words = sorted(vocabulary, key=vocabulary.get)
        special = [t["content"] for t in data["added_tokens"]]
        around = [p["SpecialToken"]["id"] for p in (data["post_processor"] or {"single": []})["single"] if "SpecialToken" in p]
        return WordLevel(words, special, data["model"]["unk_token"], *around)

    def tokens(self, text):
        """As the vocabulary spells them; `Whitespace` of the tokenizers library is this regular expression."""
        special = "|".join(re.escape(s) for s in self.special)
        found = []
        for part in re.split(f"({special})", text):
            found += [part] if part in self.special else re.findall(r"\w+|[^\w\s]+", part.lower())
        found = [t if t in self.ids else self.unknown for t in found]
        return ([self.begin] if self.begin else []) + found + ([self.end] if self.end else [])

    def encode(self, text):
        return [self.ids[t] for t in self.tokens(text)]

    def save(self, folder, max_length):
        """tokenizer.json as the tokenizers library writes it, and the tokenizer_config.json that transformers reads."""
        flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
        added = [{"id": self.ids[s], "content": s, **flags} for s in self.special]
        post = None
        if self.begin:
            sequence = lambda name, type_id: {"Sequence": {"id": name, "type_id": type_id}}
            mark = lambda name, type_id: {"SpecialToken": {"id": name, "type_id": type_id}}
            single = [mark(self.begin, 0), sequence("A", 0), mark(self.end, 0)]
            post = {
                "type": "TemplateProcessing",
                "single": single,
                "pair": single + [sequence("B", 1), mark(self.end, 1)],
                "special_tokens": {s: {"id": s, "ids": [self.ids[s]], "tokens": [s]} for s in (self.begin, self.end)},
            }
        write_json(Path(folder) / "tokenizer.json", {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": added,
            "normalizer": {"type": "Lowercase"},
            "pre_tokenizer": {"type": "Whitespace"},
            "post_processor": post,
            "decoder": None,
            "model": {"type": "WordLevel", "vocab": self.ids, "unk_token": self.unknown},
        })
        named = {"unk_token": self.unknown}
        if self.begin:
            named |= {"cls_token": self.begin, "sep_token": self.end, "pad_token": "[PAD]", "mask_token": "[MASK]"}
        write_json(Path(folder) / "tokenizer_config.json", {
            "clean_up_tokenization_spaces": False, **named,
            "model_max_length": max_length, "tokenizer_class": "PreTrainedTokenizerFast",
        })
