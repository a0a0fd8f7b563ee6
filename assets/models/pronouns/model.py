"""BERT for masked-token prediction in plain PyTorch, its parameters named and laid out as published checkpoints have them."""
import json
import math
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import gelu

sys.path.append(str(Path(__file__).resolve().parent.parent))
import hf_folder  # noqa: E402


def norm(config):
    return nn.LayerNorm(config["hidden_size"], eps=config["layer_norm_eps"])


class Embeddings(nn.Module):
    def __init__(self, config):
        super().__init__()
        d = config["hidden_size"]
        self.word_embeddings = nn.Embedding(config["vocab_size"], d)
        self.position_embeddings = nn.Embedding(config["max_position_embeddings"], d)
        self.token_type_embeddings = nn.Embedding(config["type_vocab_size"], d)
        self.LayerNorm = norm(config)

    def forward(self, ids):
        x = self.word_embeddings(ids) + self.token_type_embeddings.weight[0]
        return self.LayerNorm(x + self.position_embeddings.weight[: ids.shape[1]])


class SelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        d = config["hidden_size"]
        self.heads = config["num_attention_heads"]
        self.query, self.key, self.value = nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d)

    def forward(self, x, padding):
        batch, n, d = x.shape
        q, k, v = (w(x).view(batch, n, self.heads, -1).transpose(1, 2) for w in (self.query, self.key, self.value))
        scaled = q @ k.transpose(-1, -2) / math.sqrt(d // self.heads)
        pattern = torch.softmax(scaled.masked_fill(padding[:, None, None, :], -math.inf), dim=-1)
        self.seen = {"pattern": pattern, "q": q, "k": k, "v": v}
        return (pattern @ v).transpose(1, 2).reshape(batch, n, d)


class Output(nn.Module):
    """The branch back into the residual stream, and the norm after it."""

    def __init__(self, n_in, config):
        super().__init__()
        self.dense, self.LayerNorm = nn.Linear(n_in, config["hidden_size"]), norm(config)

    def forward(self, branch, x):
        return self.LayerNorm(self.dense(branch) + x)


class Layer(nn.Module):
    def __init__(self, config):
        super().__init__()
        d, inner = config["hidden_size"], config["intermediate_size"]
        self.attention = nn.ModuleDict({"self": SelfAttention(config), "output": Output(d, config)})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(d, inner)})
        self.output = Output(inner, config)

    def forward(self, x, padding):
        x = self.attention["output"](self.attention["self"](x, padding), x)
        return self.output(gelu(self.intermediate["dense"](x)), x)


class Bert(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        d = config["hidden_size"]
        layers = nn.ModuleList(Layer(config) for _ in range(config["num_hidden_layers"]))
        self.bert = nn.ModuleDict({"embeddings": Embeddings(config), "encoder": nn.ModuleDict({"layer": layers})})
        predictions = nn.Module()
        predictions.transform = nn.ModuleDict({"dense": nn.Linear(d, d), "LayerNorm": norm(config)})
        predictions.bias = nn.Parameter(torch.zeros(config["vocab_size"]))
        self.cls = nn.ModuleDict({"predictions": predictions})

    @staticmethod
    def load(folder):
        model = Bert(json.loads((Path(folder) / "config.json").read_text()))
        model.load_state_dict(hf_folder.load_safetensors(Path(folder) / "model.safetensors")[0])
        return model.eval()

    @property
    def layers(self):
        return self.bert["encoder"]["layer"]

    def forward(self, ids):
        """ids [batch, n], padded with 0 -> the last hidden state [batch, n, width]."""
        x = self.bert["embeddings"](ids)
        self.hidden = [x]
        for layer in self.layers:
            x = layer(x, ids == 0)
            self.hidden.append(x)
        return x

    def predict(self, x):
        """Of any hidden states [..., width]: logits [..., vocabulary]; the head is the embedding, transposed."""
        transform = self.cls["predictions"].transform
        x = transform["LayerNorm"](gelu(transform["dense"](x)))
        return x @ self.bert["embeddings"].word_embeddings.weight.T + self.cls["predictions"].bias

    def patterns(self):
        """Of the last call: [layers][batch, heads, n, n]."""
        return [layer.attention["self"].seen["pattern"] for layer in self.layers]

    @torch.no_grad()
    def record(self, ids):
        """Everything a capture file holds of one text."""
        logits = self.predict(self(torch.tensor([ids])))[0]
        record = {f"blocks.{l}.{part}": t[0] for l, layer in enumerate(self.layers)
                  for part, t in layer.attention["self"].seen.items()}
        return record | {"logits": logits, "hidden": torch.stack([h[0] for h in self.hidden])}
