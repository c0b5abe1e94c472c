// The peer of the benchmarks: a script with the published method in PyTorch.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { Failure } from '#domain/failure.ts';
import type { Shell } from '#hosts/cli/shell.ts';

const execute = promisify(execFile);

/** Our wrapper of the peer's script: measures values that the script does not print. */
const runner = fileURLToPath(new URL('./python/run_peer.py', import.meta.url));
const installer = 'src-main/bench/python/install-peer.sh';

/** Where Debian's packages, the installer and other installations put Python. */
const pythons = [
  '/usr/bin/python3',
  join(homedir(), '.cache', 'normscope', 'bench-python', 'bin', 'python'),
  'python3',
  'python',
];

export type PeerOptions = Readonly<Record<string, string | number>>;

const measured = z.object({
  /** Of the top-level statements, by the names that they assign or count with. */
  seconds: z.record(z.string(), z.number()),
  /** Peak resident memory; null where the system does not report it. */
  peakBytes: z.number().nullable(),
});

interface PeerRun extends z.infer<typeof measured> {
  /** The last line that the peer printed. */
  readonly answer: unknown;
}

const augmented = z.object({ viewsPerSecond: z.number().positive() });
const versions = z.record(z.string(), z.string());

export interface Peer {
  /** Runs the script; resolves with the JSON of its last line. Throws what it printed. */
  readonly run: (options: PeerOptions, shell: Shell) => Promise<unknown>;
  /** The same, with times and memory of the process. */
  readonly measure: (options: PeerOptions, shell: Shell) => Promise<PeerRun>;
  /** Views a second of its transforms, in one thread. */
  readonly augment: (views: number, options: PeerOptions, shell: Shell) => Promise<number>;
  readonly versions: (shell: Shell) => Promise<Readonly<Record<string, string>>>;
}

/** The given path; left out, the place beside a checkout. */
export function peerScript(script: string | undefined): string {
  return resolve(script ?? process.env['NORMSCOPE_PEER'] ?? '../shared/peer/oecl_torch.py');
}

/** script: as for `peerScript`. Throws `not-found`. */
export async function findPeer(script: string | undefined): Promise<Peer> {
  const path = peerScript(script);
  if (!existsSync(path)) {
    throw new Failure(
      'not-found',
      'The script of the PyTorch peer is missing. Name it with --peer FILE, or measure without it ' +
        '(--without-peer).',
      path,
    );
  }
  const python = await findPython('torch, torchvision, sklearn, PIL');
  const lines = async (words: readonly string[], shell: Shell): Promise<unknown[]> => {
    const controller = new AbortController();
    const { signal } = controller;
    const running = execute(python, words, { signal, maxBuffer: 2 ** 24 });
    const { stdout } = await shell.interrupts.during(() => controller.abort(), running);
    return stdout
      .trim()
      .split('\n')
      .slice(-2)
      .map((line) => JSON.parse(line) as unknown);
  };
  return {
    run: async (options, shell) => (await lines([path, ...words(options)], shell)).at(-1),
    measure: async (options, shell) => {
      const [answer, run] = await lines([runner, 'timed', path, ...words(options)], shell);
      return { answer, ...measured.parse(run) };
    },
    augment: async (views, options, shell) => {
      const asked = [runner, 'augment', String(views), path, ...words(options)];
      return augmented.parse((await lines(asked, shell)).at(-1)).viewsPerSecond;
    },
    versions: async (shell) =>
      versions.parse((await lines([runner, 'versions', path], shell)).at(-1)),
  };
}

function words(options: PeerOptions): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

/** A Python that can import the modules, which are separated by commas. Throws `not-found`. */
export async function findPython(modules: string): Promise<string> {
  const asked = process.env['NORMSCOPE_PYTHON'];
  for (const python of asked === undefined ? pythons : [asked]) {
    try {
      await execute(python, ['-c', `import ${modules}`]);
      return python;
    } catch {
      continue;
    }
  }
  throw new Failure(
    'not-found',
    `The peer needs Python with ${modules}. Install them with "sh ${installer}", or measure without the ` +
      'peer (--without-peer).',
  );
}
