#!/usr/bin/env python3
"""Records in scores.json anomaly scores of real images by frozen features, for the study of the guarantees.

  python3 record_scores.py PEER DATA > scores.json     (Debian's python3-torch, -sklearn, -pil; onnxruntime of PyPI)

PEER: the folder of frozen_features.py. DATA: the folder of the packed sets.
The features and the score are those of frozen_features.py: stages s24 to s112 of EfficientNet-Lite0, four turns,
a Mahalanobis distance with Ledoit-Wolf covariance for each stage, the sum of the logarithms. It is fitted on the first
`fitted` normal images of each set; the others, and the anomalies, are scored. Images of one other microscope, and
the normal images under another lamp, are scored by the model of pbc8 for the drift alarm.
"""
import io, json, sys, tarfile
import numpy as np
from PIL import Image

peer_folder, data_folder = sys.argv[1:3]
sys.path.insert(0, peer_folder)
import frozen_features as peer
from sklearn.covariance import LedoitWolf

SETS = {  # archive, normal classes, images to fit on, most anomalies
    'pbc8': ('pbc8_64', ['neutrophil'], 300, 300),
    'mitocheck': ('mitocheck_64', ['Interphase'], 100, 300),
    'jurkat': ('jurkat_cellcycle_3ch16', ['G1', 'S_phase', 'G2'], 400, 300),
}


def pixels(data, name):
    """uint8 [64, 64, 3]; the three channels of a 16-bit TIFF from 0 to their 99.9 % value over the set, done by the caller."""
    image = Image.open(io.BytesIO(data))
    if name.endswith(('.tif', '.tiff')):
        planes = []
        for page in range(3):
            image.seek(page)
            planes.append(np.asarray(image, dtype=np.float64))
        return np.stack(planes, -1)
    return np.asarray(image.convert('RGB').resize((64, 64), Image.BICUBIC))


def read(archive):
    with tarfile.open(f'{data_folder}/{archive}.tar.gz') as tar:
        for member in sorted(tar.getmembers(), key=lambda m: m.name):
            if member.isfile() and member.name.endswith(('.jpg', '.png', '.tif', '.tiff')):
                yield member.name.split('/')[-2], pixels(tar.extractfile(member).read(), member.name)


def to_uint8(images):
    if images[0].dtype == np.uint8:
        return images
    stack = np.stack(images)
    low, high = np.quantile(stack, .001, (0, 1, 2)), np.quantile(stack, .999, (0, 1, 2))
    return list((np.clip((stack - low) / (high - low), 0, 1) * 255).round().astype(np.uint8))


def chosen(labels, wanted, most, rng):
    places = np.array([i for i, label in enumerate(labels) if label in wanted])
    return rng.permutation(places)[:most]


def fit(rows, places):
    return {s: LedoitWolf().fit(rows[s][places]) for s in peer.STAGES[:4]}


def scores(model, rows, places):
    total = sum(np.log(model[s].mahalanobis(rows[s][places]) + 1e-9) for s in model)
    return [round(float(v), 6) for v in total]


out = {}
for name, (archive, normal, fitted, most) in SETS.items():
    rng = np.random.RandomState(0)
    labels, images = zip(*read(archive))
    images = to_uint8(list(images))
    normals = chosen(labels, normal, 10 ** 6, rng)
    anomalies = chosen(labels, set(labels) - set(normal), most, rng)
    rows = peer.features([images[i] for i in [*normals, *anomalies]])
    count = len(normals)
    model = fit(rows, np.arange(fitted))
    held = np.arange(fitted, count)
    out[name] = {'normal': normal, 'fitted': fitted, 'normals': scores(model, rows, held),
                 'anomalies': scores(model, rows, np.arange(count, len(rows['s24'])))}
    if name == 'pbc8':
        own = [images[i] for i in normals[fitted:]]
        gain = [np.clip(image * 1.1, 0, 255).round().astype(np.uint8) for image in own]
        other = [image for _, image in read('raabin_unlabelled_128')]
        out['drift'] = {
            'otherMicroscope': scores(model, peer.features(other), np.arange(len(other))),
            'otherLamp': scores(model, peer.features(gain), np.arange(len(gain))),
        }
json.dump(out, sys.stdout)
