#!/usr/bin/env python3
"""Records in recorded.json what PyTorch, torchvision, Pillow and the peer make of small inputs.

  python3 record.py PEER.py > recorded.json        (Debian's python3-torch, -torchvision, -pil, -sklearn)

The inputs stand beside the results. The peer's own source is run for its network and its scores.
"""
import json, random, sys
import numpy as np, torch
import torchvision.transforms.functional as TF
from PIL import Image

peer = open(sys.argv[1]).read().split('\n')
rng = np.random.RandomState(0)
rounded = lambda t, digits=7: np.round(np.asarray(t, dtype=np.float64), digits).flatten().tolist()


def part(first, last):
    """The peer's lines from the one that starts with `first` to before the one that starts with `last`."""
    begin = next(i for i, line in enumerate(peer) if line.startswith(first))
    end = next(i for i in range(begin, len(peer)) if peer[i].startswith(last))
    return '\n'.join(peer[begin:end])


# Antialiased resizing: crop, then resize (Pillow's box= would read beyond the crop), in float.
pixels = rng.randint(0, 256, size=(19, 23, 3)).astype(np.uint8)
resize = []
for (left, top, width, height), size in [((0, 0, 23, 19), 8), ((0, 0, 23, 19), 5), ((3, 2, 11, 13), 16), ((5, 4, 9, 9), 9),
                                         ((0, 12, 23, 7), 12), ((22, 0, 1, 19), 4)]:
    crop = pixels[top:top + height, left:left + width].astype(np.float32) / 255
    planes = [np.asarray(Image.fromarray(crop[:, :, c]).resize((size, size), Image.BILINEAR)) for c in range(3)]
    other = TF.resized_crop(torch.from_numpy(pixels.astype(np.float32) / 255).permute(2, 0, 1), top, left, height, width, [size, size],
                            antialias=True).numpy()
    assert np.abs(np.stack(planes) - other).max() < 1e-5, 'Pillow and torchvision differ'
    resize.append({'crop': {'left': left, 'top': top, 'width': width, 'height': height}, 'size': size, 'planes': rounded(np.stack(planes), 6)})

# Colour, on float tensors: random, with greys, black, white and pure colours among the pixels.
view = rng.rand(3, 5, 5).astype(np.float32)
for place, colour in enumerate([(0, 0, 0), (1, 1, 1), (.5, .5, .5), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (.2, .2, .9)]):
    view[:, place // 5, place % 5] = colour
tensor, grey = torch.from_numpy(view), torch.from_numpy(view[:1])
colour = {
    'view': rounded(view, 9),
    'brightness': [[f, rounded(TF.adjust_brightness(tensor, f))] for f in (0, .6, 1, 1.7)],
    'contrast': [[f, rounded(TF.adjust_contrast(tensor, f))] for f in (0, .6, 1, 1.7)],
    'saturation': [[f, rounded(TF.adjust_saturation(tensor, f))] for f in (0, .6, 1, 1.7)],
    'hue': [[f, rounded(TF.adjust_hue(tensor, f))] for f in (-.5, -.1, 0, .03, .4, .5)],
    'grey': rounded(TF.rgb_to_grayscale(tensor, 3)),
    'contrastOfGrey': [[f, rounded(TF.adjust_contrast(grey, f))] for f in (.6, 1.7)],
}
square = torch.arange(18.).reshape(2, 3, 3)
turns = {'view': square.flatten().tolist(), 'turned': [torch.rot90(square, k, (1, 2)).flatten().tolist() for k in (1, 2, 3)]}

# Cosine per epoch.
optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], .1)
scheduler, rates = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, 8), []
for _ in range(8):
    rates.append(optimiser.param_groups[0]['lr']); optimiser.step(); scheduler.step()


def network(width):
    sys.argv = ['peer', '--bench', '1', '--width', str(width)]
    scope = {'__name__': 'peer'}
    exec('\n'.join(peer[:next(i for i, line in enumerate(peer) if line.startswith('sched = '))]), scope)
    return scope['net']


networks = {}
for width in (16, 64):
    net = network(width)
    networks[width] = {'parameters': sum(p.numel() for p in net.parameters()),
                       # Of weights alike in shape: largest value and standard deviation.
                       'weights': {n: [list(p.shape), p.abs().max().item(), p.std().item()] for n, p in net.named_parameters() if p.ndim > 1}}

# The peer's scores, of 3 images with 3 random views each, from given features.
n, d, e, views = 20, 6, 5, 3
to32 = lambda *shape: torch.from_numpy((rng.randn(*shape)).astype(np.float32))
bank, images = torch.cat([to32(n, d) * torch.arange(1., d + 1) + 1, to32(n, e)], 1), torch.cat([to32(3, d) * 3, to32(3, e * (1 + views))], 1)


class Net:
    def eval(self): pass
    def __call__(self, x): return x[:, d:]


drawn = iter(range(10 ** 6))
scope = {'torch': torch, 'F': torch.nn.functional, 'net': Net(), 'backbone': lambda x: x[:, :d], 'train': list(bank),
         'a': type('Arguments', (), {'views': views}), 'batch_of': lambda xs, f: torch.stack([f(x) for x in xs]), 'to_tensor': lambda x: x[:d + e],
         # Called image after image, view after view.
         'augment': lambda x: torch.cat([x[:d], x[d + e * (1 + next(drawn) // 3):][:e]])}
exec(part('net.eval()', 'auroc = '), scope)
names = ['normOfMean', 'meanSquaredNorm', 'plainSquaredNorm', 'mahalanobis', 'nearest5', 'nearestCosine', 'cosineTimesNorm']
scores = {'d': d, 'e': e, 'views': 1 + views, 'bankH': bank[:, :d].flatten().tolist(), 'bankZ': bank[:, d:].flatten().tolist(),
          'h': images[:, :d].tolist(), 'z': images[:, d:].tolist(),
          'scores': {k: v.tolist() for k, v in zip(names, scope['scores'](list(images)))}}

print(json.dumps({'torch': torch.__version__, 'pillow': Image.__version__ if hasattr(Image, '__version__') else None,
                  'resize': {'pixels': pixels.flatten().tolist(), 'height': 19, 'width': 23, 'cases': resize}, 'colour': colour, 'turns': turns,
                  'cosine': rates, 'networks': networks, 'scores': scores}))
