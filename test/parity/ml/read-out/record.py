"""Records the covariances and distances that scikit-learn's LedoitWolf gives for rows of random numbers.

  record.py > recorded.json

Needs numpy and scikit-learn (recorded with 1.2.1).
"""
import json, sys
import numpy as np
from sklearn.covariance import LedoitWolf

cases = []
random = np.random.default_rng(12)
for count, size in [(8, 3), (7, 10), (40, 5)]:
    rows = (random.normal(size=(count, size)) * random.uniform(0.1, 4, size) + random.normal(size=size)).astype(np.float32)
    images = (2 * random.normal(size=(4, size))).astype(np.float32)
    fitted = LedoitWolf().fit(rows.astype(np.float64))
    cases.append({
        'count': count, 'rows': rows.ravel().tolist(), 'images': images.tolist(),
        'shrinkage': float(fitted.shrinkage_), 'covariance': fitted.covariance_.ravel().tolist(),
        'squares': fitted.mahalanobis(images.astype(np.float64)).tolist(),
    })
json.dump(cases, sys.stdout)
print()
