// Computes on this computer: each lease is a separate process, and files are used in place.

import { spawnWorker, type Worker } from '#worker/spawn.ts';
import type { Compute } from './compute.ts';
import { askWorker, endWorker } from './worker-call.ts';

export const localCompute: Compute = {
  lease: () => {
    let worker: Worker | undefined;
    return {
      call: (...asked) => askWorker((worker ??= spawnWorker()), ...asked),
      release: async () => {
        if (worker) await endWorker(worker);
      },
    };
  },
  put: (file) => Promise.resolve(file),
};
