"""Trains the model: train.py CPU_MINUTES [WEIGHTS.pt] -> m.pt (from random weights, or from those given)."""

import math
import sys
import time

import numpy
import torch
import torch.nn as nn
import torch.nn.functional as F

VOCABULARY, WIDTH, LAYERS, HEADS, KV_HEADS, FEED_FORWARD, CONTEXT = 1024, 128, 4, 4, 2, 384, 256
HEAD = WIDTH // HEADS
BATCH, RATE, HELD_OUT = 8, 3e-3, 60000

angles = torch.outer(torch.arange(CONTEXT).float(),
                     1.0 / (10000 ** (torch.arange(0, HEAD, 2).float() / HEAD)))
COS, SIN = angles.cos(), angles.sin()
MASK = torch.full((CONTEXT, CONTEXT), float("-inf")).triu(1)


def rotate(x):
    """RoPE on interleaved pairs, as llama.cpp has it for this architecture: no permutation at export."""
    a, b = x[..., 0::2], x[..., 1::2]
    cos, sin = COS[:x.shape[2]], SIN[:x.shape[2]]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], -1).flatten(-2)


class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(WIDTH))

    def forward(self, x):
        return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-5) * self.w


class Block(nn.Module):
    def __init__(self):
        super().__init__()

        def linear(inputs, outputs):
            return nn.Linear(inputs, outputs, bias=False)

        self.n1, self.n2 = Norm(), Norm()
        self.q, self.k, self.v = (linear(WIDTH, n * HEAD) for n in (HEADS, KV_HEADS, KV_HEADS))
        self.o = linear(WIDTH, WIDTH)
        self.g, self.u = linear(WIDTH, FEED_FORWARD), linear(WIDTH, FEED_FORWARD)
        self.d = linear(FEED_FORWARD, WIDTH)

    def forward(self, x):
        batch, length, _ = x.shape
        h = self.n1(x)
        q, k, v = (layer(h).view(batch, length, heads, HEAD).transpose(1, 2)
                   for layer, heads in ((self.q, HEADS), (self.k, KV_HEADS), (self.v, KV_HEADS)))
        q, k = rotate(q), rotate(k)
        k, v = (t.repeat_interleave(HEADS // KV_HEADS, 1) for t in (k, v))
        scores = (q @ k.transpose(-1, -2)) * HEAD ** -.5 + MASK[:length, :length]
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, WIDTH)
        x = x + self.o(mixed)
        h = self.n2(x)
        return x + self.d(F.silu(self.g(h)) * self.u(h))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(VOCABULARY, WIDTH)
        self.b = nn.ModuleList(Block() for _ in range(LAYERS))
        self.n = Norm()
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, 0, .02 if p.shape[0] == VOCABULARY else p.shape[1] ** -.5 * .7)
        for block in self.b:
            block.o.weight.data *= .35
            block.d.weight.data *= .35

    def forward(self, tokens):
        x = self.e(tokens)
        for block in self.b:
            x = block(x)
        return self.n(x) @ self.e.weight.t()


def main(minutes, weights=None):
    torch.manual_seed(1)
    torch.set_num_threads(1)
    data = torch.from_numpy(numpy.load("train.npy").astype(numpy.int64))
    split = len(data) - HELD_OUT

    def loss_of(model, low, high):
        starts = torch.randint(low, high - CONTEXT - 1, (BATCH,))
        x = torch.stack([data[i:i + CONTEXT] for i in starts])
        y = torch.stack([data[i + 1:i + CONTEXT + 1] for i in starts])
        return F.cross_entropy(model(x).view(-1, VOCABULARY), y.view(-1))

    model = Model()
    if weights:
        model.load_state_dict(torch.load(weights))
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, betas=(.9, .97), weight_decay=.05)
    budget, start, step = float(minutes) * 60, time.process_time(), 0
    while (done := (time.process_time() - start) / budget) < 1:
        rate = RATE * min(1, (step + 1) / 100) * (.5 * (1 + math.cos(math.pi * done)) * .95 + .05)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = loss_of(model, 0, split)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.)
        optimizer.step()
        step += 1
        if step % 100 == 0:
            print(f"step {step} {done:.0%} loss {loss.item():.3f}", flush=True)
    with torch.no_grad():
        held_out = sum(loss_of(model, split, len(data)).item() for _ in range(10)) / 10
    torch.save(model.state_dict(), "m.pt")
    print(f"{step} steps, {step * BATCH * CONTEXT} tokens, held-out loss {held_out:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
