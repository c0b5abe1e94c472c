"""Runs the script of the PyTorch peer and measures what it does not print itself. The script is
unchanged, but for images above 64 pixels, where it gets the stem that ours has there.

  run_peer.py timed PEER WORDS…      runs it to its end. Its own lines come first; the last line says
                                     how long its top-level statements took, by the names that they
                                     assign or count with, and the largest memory of the process.
  run_peer.py augment N PEER WORDS…  runs it up to its transforms, and times N views of images of the
                                     size that the peer keeps, in one thread.
  run_peer.py versions PEER          prints the versions of what the peer runs on.

Prints JSON. Needs what the peer needs: torch, torchvision, scikit-learn and Pillow.
"""
import ast, json, sys, time

sys.dont_write_bytecode = True


def names_of(statement):
    """The names that a statement assigns, or that a loop counts with."""
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, 'target', None)]
    return [node.id for target in targets if target is not None for node in ast.walk(target) if isinstance(node, ast.Name)]


def pool_stem(scope):
    """7×7 with stride 2, then a maximum over 3×3: without it each stage would see 16 times the pixels."""
    from torch import nn
    width = scope['a'].width
    stem = nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
    scope['layers'][:] = stem


def run(peer, words, until=None):
    """Executes the peer statement by statement; `until`: the name after whose assignment to stop."""
    with open(peer, encoding='utf8') as file:
        body = ast.parse(file.read(), peer).body
    sys.argv = [peer, *words]
    scope, seconds = {'__name__': '__main__', '__file__': peer}, {}
    try:
        for statement in body:
            start = time.perf_counter()
            exec(compile(ast.Module([statement], []), peer, 'exec'), scope)
            if isinstance(statement, ast.Assign) and 'layers' in names_of(statement) and scope['a'].size > 64:
                pool_stem(scope)
            for name in names_of(statement):
                seconds[name] = seconds.get(name, 0) + time.perf_counter() - start
            if until in names_of(statement):
                break
    except SystemExit as end:
        if end.code:
            raise
    return scope, seconds


def peak_bytes():
    """The largest resident memory so far; None where the system does not tell."""
    try:
        with open('/proc/self/status', encoding='utf8') as file:
            return next(1024 * int(line.split()[1]) for line in file if line.startswith('VmHWM'))
    except OSError:
        pass
    try:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == 'darwin' else 1024)
    except ImportError:
        return None


def augment(views, peer, words):
    scope, _ = run(peer, words, until='augment')
    import numpy as np
    from PIL import Image
    side, random = scope['a'].size, np.random.RandomState(0)
    images = [Image.fromarray(random.randint(0, 256, (side, side, 3), dtype=np.uint8)) for _ in range(64)]
    for image in images: scope['augment'](image)
    start = time.perf_counter()
    for view in range(views): scope['augment'](images[view % len(images)])
    return {'viewsPerSecond': views / (time.perf_counter() - start)}


mode, *rest = sys.argv[1:]
if mode == 'timed':
    _, seconds = run(rest[0], rest[1:])
    print(json.dumps({'seconds': seconds, 'peakBytes': peak_bytes()}))
elif mode == 'augment':
    print(json.dumps(augment(int(rest[0]), rest[1], rest[2:])))
else:
    import platform, torch, torchvision
    print(json.dumps({'python': platform.python_version(), 'torch': torch.__version__, 'torchvision': torchvision.__version__}))
