"""GPT-2 in plain PyTorch, its parameters named and laid out as the published checkpoints have them."""
import json
import math
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import gelu

sys.path.append(str(Path(__file__).resolve().parent.parent))
import hf_folder  # noqa: E402


class Conv1D(nn.Module):
    """x·W + b, W stored [in, out] as GPT-2 does."""

    def __init__(self, n_in, n_out, std):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_in, n_out) * std)
        self.bias = nn.Parameter(torch.zeros(n_out))

    def forward(self, x):
        return torch.addmm(self.bias, x.reshape(-1, x.shape[-1]), self.weight).view(*x.shape[:-1], -1)


class Attention(nn.Module):
    def __init__(self, config, std):
        super().__init__()
        d = config["n_embd"]
        self.heads = config["n_head"]
        self.c_attn, self.c_proj = Conv1D(d, 3 * d, std), Conv1D(d, d, std)

    def forward(self, x):
        batch, n, d = x.shape
        q, k, v = self.c_attn(x).view(batch, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        scaled = q @ k.transpose(-1, -2) / math.sqrt(d // self.heads)
        future = torch.ones(n, n, dtype=torch.bool).triu(1)
        pattern = torch.softmax(scaled.masked_fill(future, -math.inf), dim=-1)
        self.seen = {"pattern": pattern, "q": q, "k": k, "v": v}
        return self.c_proj((pattern @ v).transpose(1, 2).reshape(batch, n, d))


class Block(nn.Module):
    def __init__(self, config, std):
        super().__init__()
        d, inner = config["n_embd"], config["n_inner"] or 4 * config["n_embd"]
        self.ln_1, self.ln_2 = (nn.LayerNorm(d, eps=config["layer_norm_epsilon"]) for _ in range(2))
        self.attn = Attention(config, std)
        self.mlp = nn.ModuleDict({"c_fc": Conv1D(d, inner, std), "c_proj": Conv1D(inner, d, std)})

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp["c_proj"](gelu(self.mlp["c_fc"](self.ln_2(x)), approximate="tanh"))


class Gpt2(nn.Module):
    def __init__(self, config, std=0.02):
        super().__init__()
        self.config = config
        d = config["n_embd"]
        self.wte, self.wpe = nn.Embedding(config["vocab_size"], d), nn.Embedding(config["n_positions"], d)
        self.h = nn.ModuleList(Block(config, std) for _ in range(config["n_layer"]))
        self.ln_f = nn.LayerNorm(d, eps=config["layer_norm_epsilon"])

    @staticmethod
    def load(folder):
        model = Gpt2(json.loads((Path(folder) / "config.json").read_text()))
        model.load_state_dict(hf_folder.load_safetensors(Path(folder) / "model.safetensors")[0])
        return model.eval()

    def forward(self, ids):
        """ids [batch, n] -> logits [batch, n, vocabulary]; the head is the embedding, transposed."""
        x = self.wte(ids) + self.wpe.weight[: ids.shape[1]]
        self.hidden = [x]
        for block in self.h:
            x = block(x)
            self.hidden.append(x)
        self.hidden[-1] = self.ln_f(x)
        return self.hidden[-1] @ self.wte.weight.T

    @torch.no_grad()
    def record(self, ids):
        """Everything a capture file holds of one text."""
        logits = self(torch.tensor([ids]))[0]
        record = {f"blocks.{l}.{part}": t[0] for l, block in enumerate(self.h) for part, t in block.attn.seen.items()}
        return record | {"logits": logits, "hidden": torch.stack([h[0] for h in self.hidden])}
