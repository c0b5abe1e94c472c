// The peer of the benchmarks: the published method in PyTorch, a script that runs beside ours.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '#domain/failure.ts';
import type { Shell } from '../shell.ts';

const execute = promisify(execFile);

/** Where Debian's packages and other installations put Python. */
const pythons = ['/usr/bin/python3', 'python3', 'python'];

export interface Peer {
  /** Runs the script; resolves with the JSON of its last line. Throws what it printed. */
  readonly run: (words: readonly string[], shell: Shell) => Promise<unknown>;
}

/** script: as asked for; left out, the place beside a checkout. Throws `not-found` in words. */
export async function findPeer(script: string | undefined): Promise<Peer> {
  const path = resolve(script ?? process.env['NORMSCOPE_PEER'] ?? '../shared/peer/oecl_torch.py');
  if (!existsSync(path)) {
    throw new Failure(
      'not-found',
      'The script of the PyTorch peer is not there. Name it with --peer FILE, or measure without it ' +
        '(--without-peer).',
      path,
    );
  }
  const python = await findPython();
  return {
    run: async (words, shell) => {
      const controller = new AbortController();
      const { signal } = controller;
      const running = execute(python, [path, ...words], { signal, maxBuffer: 2 ** 24 });
      const { stdout } = await shell.interrupts.during(() => controller.abort(), running);
      return JSON.parse(stdout.trim().split('\n').at(-1)!) as unknown;
    },
  };
}

/** A Python that has what the peer needs. */
async function findPython(): Promise<string> {
  for (const python of pythons) {
    try {
      await execute(python, ['-c', 'import torch, torchvision, sklearn, PIL']);
      return python;
    } catch {
      continue;
    }
  }
  throw new Failure(
    'not-found',
    'The peer needs Python with torch, torchvision, scikit-learn and Pillow (on Debian: apt-get ' +
      'install python3-torch python3-torchvision python3-sklearn python3-pil). Install them, or ' +
      'measure without the peer (--without-peer).',
  );
}
