"""Writes training-steps.json: weights after 1, 10 and 100 steps of PyTorch's optimizers, in float64.

Weights and gradients are formulas, which training-steps.ts repeats.
"""

import json
import pathlib

import torch

COUNT = 12
CASES = [
    {"optimizer": "AdamW", "lr": 0.01, "weight_decay": 0.01},
    {"optimizer": "AdamW", "lr": 0.02, "betas": [0.8, 0.95], "eps": 1e-3, "weight_decay": 0.1},
    {"optimizer": "AdamW", "lr": 0.01, "weight_decay": 0},
    {"optimizer": "Adam", "lr": 0.01, "weight_decay": 0.1},
    {"optimizer": "SGD", "lr": 0.01, "weight_decay": 0.1},
    {"optimizer": "SGD", "lr": 0.005, "momentum": 0.9, "weight_decay": 0.05},
]


def weight():
    return torch.tensor([(2 + i / 8) * (-1) ** i for i in range(COUNT)], dtype=torch.float64)


def grad(step):
    return torch.tensor(
        [((i * 37 + step * 101) % 201 - 80) / 128 for i in range(COUNT)], dtype=torch.float64
    )


results = []
for case in CASES:
    options = {name: value for name, value in case.items() if name != "optimizer"}
    parameter = torch.nn.Parameter(weight())
    optimizer = getattr(torch.optim, case["optimizer"])([parameter], **options)
    after = {}
    for step in range(1, 101):
        parameter.grad = grad(step)
        optimizer.step()
        if step in (1, 10, 100):
            after[step] = parameter.detach().tolist()
    results.append({**case, "after": after})

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"torch": torch.__version__, "cases": results}) + "\n")
