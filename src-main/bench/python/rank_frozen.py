"""Ranks the images of a folder with the script of the frozen peer, which is unchanged: reads the files, computes
the features, fits the normals of train/good, and sorts all images. Python's start is not timed.

  rank_frozen.py PEER FOLDER    FOLDER holds train/good, test/good and test/TYPE

Prints JSON: seconds from the first file to the sorted list, and the AUROC of the images of test. Needs what the
peer needs: numpy, torch, scikit-learn, Pillow and onnxruntime.
"""
import importlib.util, json, os, sys, time

sys.dont_write_bytecode = True
import numpy as np
import onnxruntime, torch
from PIL import Image
from sklearn.covariance import LedoitWolf
from sklearn.metrics import roc_auc_score

script, folder = sys.argv[1:]
spec = importlib.util.spec_from_file_location('peer', script)
peer = importlib.util.module_from_spec(spec)
spec.loader.exec_module(peer)
torch.set_num_threads(int(os.environ.get('THREADS', 2)))
files = sorted(os.path.join(at, name) for at, _, names in os.walk(folder) for name in names)

start = time.perf_counter()
rows = peer.features([np.asarray(Image.open(file).convert('RGB')) for file in files])
kinds = [os.path.relpath(file, folder).split(os.sep)[:2] for file in files]
normals = np.array([kind == ['train', 'good'] for kind in kinds])
stages = peer.STAGES[:4]
scores = sum(np.log(LedoitWolf().fit(rows[s][normals]).mahalanobis(rows[s]) + 1e-9) for s in stages)
np.argsort(-scores)
seconds = time.perf_counter() - start

tested = np.array([kind[0] == 'test' for kind in kinds])
strange = np.array([kind[1] != 'good' for kind in kinds])
print(json.dumps({'seconds': seconds, 'auroc': float(roc_auc_score(strange[tested], scores[tested]))}))
