#!/usr/bin/env python3
"""Trains the PyTorch peer for a few steps from given weights on given batches and prints its curves.

  python3 peer_curves.py PEER.py TENSORS.safetensors CASES.json

Nothing of the peer is copied: its own source is run, up to the optimiser and then, for each step, the
lines of its training loop from the forward pass to the norms. CASES.json: [{"name", "arguments" for
the peer's command line, "steps"}]. TENSORS holds, for each case, NAME/state/TENSOR and NAME/step/K
[rows, 3, size, size]. Prints JSON: NAME -> loss, norms, parameter count, norms of the tensors after
the last step, and what the network then gives the first rows of the first batch in eval mode.
"""
import json, sys, textwrap
import numpy as np, torch


def read_tensors(path):
    raw = open(path, 'rb').read()
    start = 8 + int.from_bytes(raw[:8], 'little')
    header = json.loads(raw[8:start])
    header.pop('__metadata__', None)
    return {name: torch.from_numpy(np.frombuffer(raw, '<f4', (e['data_offsets'][1] - e['data_offsets'][0]) // 4,
                                                 start + e['data_offsets'][0]).copy().reshape(e['shape']))
            for name, e in header.items()}


def parts(source):
    """The peer's text up to the optimiser, and the body of its step."""
    lines = source.split('\n')
    head = next(i for i, line in enumerate(lines) if line.startswith('sched = '))
    loop = next(i for i, line in enumerate(lines) if line.startswith('for epoch in range'))
    first = next(i for i in range(loop, len(lines)) if lines[i].strip() == 'z = net(x)')
    last = next(i for i in range(first, len(lines)) if lines[i].strip().startswith('norms = ('))
    return '\n'.join(lines[:head]), textwrap.dedent('\n'.join(lines[first:last + 1]))


inside = {'conv1': 'c1', 'norm1': 'b1', 'conv2': 'c2', 'norm2': 'b2', 'shortcut.conv': 'short.0', 'shortcut.norm': 'short.1'}
kinds = {'weight': 'weight', 'bias': 'bias', 'mean': 'running_mean', 'variance': 'running_var'}


def peer_name(name):
    place, kind = name.rsplit('.', 1)
    top = {'stem.conv': '0.0', 'stem.norm': '0.1', 'head.linear1': '1', 'head.norm': '2', 'head.linear2': '4'}
    if place not in top:
        stage, block, layer = place.split('.', 2)
        place = f'0.{3 + 2 * (int(stage[5:]) - 1) + int(block[5:]) - 1}.{inside[layer]}'
    return f'{top.get(place, place)}.{kinds[kind]}'


peer, tensor_path, case_path = sys.argv[1:]
tensors, (head, body) = read_tensors(tensor_path), parts(open(peer).read())
results = {'torch': torch.__version__}
for case in json.load(open(case_path)):
    own = {name[len(case['name']) + 1:]: t for name, t in tensors.items() if name.startswith(case['name'] + '/')}
    sys.argv = ['peer', '--bench', '1', *case['arguments']]  # --bench: no data set is read
    scope = {'__name__': 'peer'}
    exec(compile(head, peer, 'exec'), scope)
    net, state = scope['net'], scope['net'].state_dict()
    names = {name[6:]: peer_name(name[6:]) for name in own if name.startswith('state/')}
    assert sorted(names.values()) == sorted(k for k in state if not k.endswith('num_batches_tracked'))
    for name, key in names.items():
        state[key].copy_(own['state/' + name].reshape(state[key].shape))
    scope.update(epoch=0, alpha=scope['a'].alpha, t=0., step_s=0., seen=0)
    net.train()
    curves = {'loss': [], 'normalNorm': [], 'outlierNorm': []}
    for step in range(case['steps']):
        scope['x'] = own[f'step/{step}'].reshape(-1, 3, scope['a'].size, scope['a'].size)
        exec(compile(body, peer, 'exec'), scope)
        for name, value in zip(curves, (scope['loss'].item(), *scope['norms'])):
            curves[name].append(value)
    net.eval()
    with torch.no_grad():
        z = net(own['step/0'].reshape(-1, 3, scope['a'].size, scope['a'].size)[:4])
    results[case['name']] = {
        **curves, 'parameters': sum(p.numel() for p in net.parameters()),
        'stateNorms': {name: net.state_dict()[key].norm().item() for name, key in sorted(names.items())},
        'evaluated': z[:, :8].tolist()}
print(json.dumps(results, indent=1))
