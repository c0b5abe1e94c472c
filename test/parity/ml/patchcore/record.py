#!/usr/bin/env python3
"""Records what patchcore.test.ts compares with: patches, coreset and scores by PyTorch, after Roth et al. (arXiv 2106.08265)
and the code of its authors (patches, coreset) and of anomalib (weighted score).

Needs Python 3 with torch and numpy. Writes recorded.json beside this file; then: npx prettier --write recorded.json
"""
import json, os

import numpy as np
import torch
import torch.nn.functional as F

torch.manual_seed(0)
MAPS = [(3, 6, 6), (2, 3, 3)]
NORMALS, IMAGES, KEPT, NEIGHBOURS = 5, 3, 12, 4


def draw(count, scale):
    return [torch.round(scale * torch.randn(count, *shape), decimals=3) for shape in MAPS]


def patches(maps, side):
    """[N, C, H, W] each -> [N, positions, sum of C]"""
    averaged = [F.avg_pool2d(one, side, 1, (side - 1) // 2) for one in maps]
    grid = averaged[0].shape[2:]
    same = [F.interpolate(one, grid, mode='bilinear', align_corners=False) for one in averaged]
    return torch.cat(same, 1).flatten(2).transpose(1, 2)


def coreset(rows, most, first):
    chosen, nearest = [first], torch.cdist(rows, rows[first:first + 1])[:, 0]
    while len(chosen) < most:
        chosen.append(int(nearest.argmax()))
        nearest = torch.minimum(nearest, torch.cdist(rows, rows[chosen[-1]:chosen[-1] + 1])[:, 0])
    return chosen


def scores(own, bank):
    """Of the patches of one image [positions, length]."""
    distances = torch.cdist(own, bank)
    nearest, places = distances.min(1)
    worst = int(nearest.argmax())
    around = torch.cdist(bank[places[worst]][None], bank)[0].topk(NEIGHBOURS, largest=False).indices
    weight = 1 - torch.softmax(torch.cdist(own[worst][None], bank[around])[0], 0)[0]
    return {'patch': float(weight * nearest[worst]), 'largestPatch': float(nearest[worst]), 'meanPatch': float(nearest.mean())}


def listed(tensor):
    return [round(float(value), 6) for value in tensor.flatten()]


normals, images = draw(NORMALS, 1), draw(IMAGES, 1.5)
rows = patches([one.double() for one in normals], 3).flatten(0, 1)
kept = coreset(rows, KEPT, 7)
recorded = {
    'torch': torch.__version__, 'maps': MAPS, 'first': 7, 'neighbours': NEIGHBOURS,
    'normals': [listed(one) for one in normals], 'images': [listed(one) for one in images],
    'patches': {side: listed(patches([one.double() for one in normals], side)[0]) for side in (1, 3, 5)},
    'coreset': kept,
    'scores': [scores(own, rows[kept]) for own in patches([one.double() for one in images], 3)],
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'recorded.json'), 'w') as file:
    json.dump(recorded, file)
