// Runs the PyTorch peer in a Python process on tensors of ours, where there is one.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensors } from '#engine/engine.ts';
import { encodeTensors } from '#worker/files/safetensors.ts';

const python = '/usr/bin/python3';
const folder = import.meta.dirname;
const peer = process.env['NORMSCOPE_PEER'] ?? join(folder, '../../../../shared/peer/oecl_torch.py');

/** Why the peer cannot run here; null when it can. */
export function whyNoPeer(): string | null {
  if (!existsSync(peer)) return `${peer} is not there`;
  const imports = spawnSync(python, ['-c', 'import torch, torchvision, sklearn, PIL']);
  return imports.status === 0 ? null : 'Python has no torch, torchvision, sklearn or PIL';
}

/** What the peer has to do and from where. */
export interface PeerTask {
  readonly name: string;
  /** For the peer's command line. */
  readonly arguments: readonly string[];
  /** Without slots. */
  readonly state: Tensors;
  readonly batches: readonly Float32Array[];
}

/** What is compared: figures of each step, and of the network after the last one. */
export interface Run {
  readonly loss: readonly number[];
  readonly normalNorm: readonly number[];
  readonly outlierNorm: readonly (number | null)[];
  readonly parameters: number;
  /** ‖tensor‖₂ of each weight and running statistic after the last step. */
  readonly stateNorms: Readonly<Record<string, number>>;
  /** z of the first four rows of the first batch in eval mode, eight values each. */
  readonly evaluated: readonly (readonly number[])[];
}

/** By name of the task; throws with the peer's error output. */
export function runPeer(tasks: readonly PeerTask[]): Record<string, Run> {
  const temporary = mkdtempSync(join(tmpdir(), 'normscope-peer-'));
  try {
    const tensors: Record<string, { shape: number[]; values: Float32Array }> = {};
    for (const { name, state, batches } of tasks) {
      const own = [
        ...Object.entries(state).map(([tensor, values]) => [`state/${tensor}`, values] as const),
        ...batches.map((values, step) => [`step/${step}`, values] as const),
      ];
      for (const [tensor, values] of own) {
        tensors[`${name}/${tensor}`] = { shape: [values.length], values };
      }
    }
    const tensorPath = join(temporary, 'tensors.safetensors');
    writeFileSync(tensorPath, Buffer.concat(encodeTensors({ tensors, metadata: {} })));
    const casePath = join(temporary, 'cases.json');
    const cases = tasks.map(({ name, batches, arguments: own }) => {
      return { name, steps: batches.length, arguments: own };
    });
    writeFileSync(casePath, JSON.stringify(cases));
    const driver = join(folder, 'peer_curves.py');
    const done = spawnSync(python, [driver, peer, tensorPath, casePath], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`The peer failed:\n${done.stderr}`);
    return JSON.parse(done.stdout) as Record<string, Run>;
  } finally {
    rmSync(temporary, { recursive: true });
  }
}
