#!/usr/bin/env python3
"""Records in recorded.json what public packages compute for flags with a guarantee, with the inputs.

  python3 record.py > recorded.json     (PyPI: nonconform 2.0.0, scipy, statsmodels; Python 3.12)

On Python 3.11 the type parameters of the one decorator in nonconform/_internal/log_utils.py have to be removed
first; they change no value.
"""
import json
import numpy as np
from scipy.stats import false_discovery_control
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint
from nonconform._internal.p_value_selection import adjusted_p_values, storey_null_proportion
from nonconform.martingales import SimpleJumperMartingale, SimpleMixtureMartingale
from nonconform.monitoring import SequentialRankConformalizer
from nonconform.scoring import calculate_p_val, calculate_weighted_p_val

rng = np.random.RandomState(12)
out = {'lists': [], 'certificates': [], 'streams': []}

for held, tested, levels, strange in [(40, 25, 0, 8), (60, 80, 6, 20), (9, 12, 0, 3), (300, 150, 40, 60)]:
    normals, scores = rng.randn(held), rng.randn(tested)
    scores[:strange] += 2.5
    if levels:  # ties
        normals, scores = np.round(normals * levels / 3), np.round(scores * levels / 3)
    weights, own = rng.choice([.5, 1., 4.], held), rng.choice([.5, 1., 4.], tested)
    p = calculate_p_val(scores, normals)
    adjusted = false_discovery_control(p)
    assert np.allclose(adjusted, multipletests(p, method='fdr_bh')[1], atol=1e-15)
    out['lists'].append({
        'heldOut': normals.tolist(), 'scores': scores.tolist(),
        'weights': weights.tolist(), 'own': own.tolist(),
        'pValues': p.tolist(), 'weighted': calculate_weighted_p_val(scores, normals, own, weights).tolist(),
        'adjusted': adjusted.tolist(),
        'normalShare': storey_null_proportion(p, n_calibration=held),
        'storey': adjusted_p_values(p, method='storey', n_calibration=held).tolist(),
    })

for above, held in [(0, 10), (1, 19), (5, 105), (49, 1000), (10, 10), (3, 4)]:
    low, high = proportion_confint(above, held, alpha=.05, method='beta')
    out['certificates'].append({'above': above, 'heldOut': held, 'between95': [low, high],
                                'atMost95': proportion_confint(above, held, alpha=.1, method='beta')[1]})

for held, quiet, shifted, levels in [(30, 40, 20, 0), (12, 60, 10, 4)]:
    normals = rng.randn(held)
    stream = np.concatenate([rng.randn(quiet), rng.randn(shifted) + 2])
    if levels:
        normals, stream = np.round(normals * levels), np.round(stream * levels)
    ranks = SequentialRankConformalizer(seed=5).prime_many(normals)
    p = ranks.update_many(stream)
    epsilons = [.2, .5, .8, 1.]
    out['streams'].append({
        'heldOut': normals.tolist(), 'stream': stream.tolist(),
        'uniform': np.random.default_rng(5).random(len(stream)).tolist(), 'pValues': p.tolist(),
        'jumper': {'jump': .01, 'fortunes': [s.martingale for s in SimpleJumperMartingale(jump=.01).update_many(p)]},
        'power': {'epsilons': epsilons,
                  'fortunes': [s.martingale for s in SimpleMixtureMartingale(epsilons).update_many(p)]},
    })
print(json.dumps(out))
