// The peer of "bench rank": a script with frozen features in Python.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { Failure } from '#domain/failure.ts';
import type { Shell } from '#hosts/cli/shell.ts';
import { findPython, peerScript } from './peer.ts';

const runner = fileURLToPath(new URL('./python/rank_frozen.py', import.meta.url));
const ranked = z.object({ seconds: z.number().positive(), auroc: z.number() });

export interface FrozenPeer {
  /** Ranks the images below a folder; seconds from the first file to the sorted list. */
  readonly rank: (folder: string, threads: number, shell: Shell) => Promise<z.infer<typeof ranked>>;
}

/** script: of the training peer, beside which the frozen one lies. Throws `not-found`. */
export async function findFrozenPeer(script: string | undefined): Promise<FrozenPeer> {
  const path = join(dirname(peerScript(script)), 'frozen_features.py');
  if (!existsSync(path)) {
    throw new Failure(
      'not-found',
      'The script of the frozen peer is missing. Name the training peer beside it with --peer FILE, or ' +
        'measure without it (--without-peer).',
      resolve(path),
    );
  }
  const python = await findPython('numpy, torch, sklearn, PIL, onnxruntime');
  return {
    rank: async (folder, threads, shell) => {
      const controller = new AbortController();
      const running = promisify(execFile)(python, [runner, path, folder], {
        signal: controller.signal,
        env: { ...process.env, THREADS: String(threads) },
      });
      const { stdout } = await shell.interrupts.during(() => controller.abort(), running);
      return ranked.parse(JSON.parse(stdout));
    },
  };
}
