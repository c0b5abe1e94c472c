#!/usr/bin/env python3
"""Records in recorded.json what scikit-learn's BayesianGaussianMixture computes, with the points.

  python3 record.py > recorded.json     (scikit-learn 1.2.1, numpy; Debian 12: python3-sklearn)

One M step from given responsibilities, then E and M steps in turn, with its lower bound after each.
"""
import json
import numpy as np
import sklearn
from scipy.special import digamma, gammaln, logsumexp
from sklearn.mixture import BayesianGaussianMixture

rng = np.random.RandomState(7)
out = {'sklearn': sklearn.__version__, 'mixtures': [], 'gamma': [
    {'x': x, 'log': float(gammaln(x)), 'digamma': float(digamma(x))}
    for x in [1e-3, .1, .5, 1, 1.5, 2, 3.7, 11.9, 12, 50, 1234.5]]}

for count, d, components, steps in [(60, 2, 3, 1), (90, 3, 4, 6), (200, 5, 6, 25)]:
    centres = rng.randn(components, d) * 3
    points = np.concatenate([c + rng.randn(count // components, d) * rng.uniform(.4, 1.2) for c in centres])
    start = np.eye(components)[rng.randint(0, components, len(points))]
    model = BayesianGaussianMixture(n_components=components, covariance_type='full', reg_covar=1e-6,
                                    weight_concentration_prior_type='dirichlet_distribution', random_state=0)
    model._check_parameters(points)
    model._initialize(points, start)
    bounds = []
    for _ in range(steps):
        log_norm, log_resp = model._e_step(points)
        model._m_step(points, log_resp)
        bounds.append(float(model._compute_lower_bound(log_resp, log_norm)))
    weighted = model._estimate_weighted_log_prob(points)
    out['mixtures'].append({
        'd': d, 'components': components, 'points': points.ravel().tolist(), 'start': start.ravel().tolist(),
        'steps': steps, 'bounds': bounds,
        'concentrations': model.weight_concentration_.tolist(), 'meanPrecisions': model.mean_precision_.tolist(),
        'freedoms': model.degrees_of_freedom_.tolist(), 'means': model.means_.tolist(),
        'covariances': [c.ravel().tolist() for c in model.covariances_],
        'responsibilities': np.exp(weighted - logsumexp(weighted, axis=1, keepdims=True)).ravel().tolist(),
    })
print(json.dumps(out))
