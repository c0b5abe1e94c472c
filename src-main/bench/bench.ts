// bench: speed and accuracy against the PyTorch peer, as JSON lines.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Failure } from '#domain/failure.ts';
import { nearestName } from '#domain/nearest-name.ts';
import { benchAccuracy } from './accuracy.ts';
import { benchFolder } from './bench-folder.ts';
import { findPeer, type Peer } from './peer.ts';
import { dataFolder, integers } from './words.ts';
import { speedFigures, speedKinds, type SpeedWords } from './speed-kinds.ts';
import type { SpeedFigure } from './speed.ts';
import { command } from '#hosts/cli/command.ts';
import { part } from '#domain/figures.ts';
import { printable } from '#domain/printable.ts';
import type { Shell } from '#hosts/cli/shell.ts';

const kinds = [...speedKinds, 'accuracy'] as const;

export const bench = command({
  summary: 'Measures speed and accuracy against the same method in PyTorch',
  about: [
    'Prints one line of JSON a figure; ours and the peer take turns, and figures are medians. "step" ' +
      'times a training step: ratio is our time divided by the peer’s. Where images are counted, ratio ' +
      'is ours divided by the peer’s, and more than 1 is faster: "train" is a whole training with its ' +
      'random views, "score" the plain view and whole scores from random views, "augment" the views ' +
      'that one thread draws, against torchvision, "import" a whole import against sharp alone, "rank" ' +
      'from files to the list of the frozen network against the same features in Python. "all" does all ' +
      'of these in about 25 minutes, and with --page writes them down. "accuracy" trains on one ' +
      'type of cell of a packed set and measures how well each score separates the other types from it, ours ' +
      'beside the peer’s.',
    'The peer is a Python script; its packages are installed by "sh ' +
      'src-main/bench/python/install-peer.sh". The packed sets and the script are looked for in ' +
      '../shared beside a checkout.',
  ],
  arguments: { kind: { placeholder: 'KIND', meaning: `what to measure: ${kindList()}` } },
  options: {
    widths: {
      kind: 'text',
      placeholder: 'LIST',
      meaning: 'channels of the first stage (step and plain scores: 16,64; train: 16)',
    },
    images: {
      kind: 'text',
      placeholder: 'LIST',
      meaning:
        'step: images in a step, multiples of 4 (64,256); score: of the normal type (100); import: ' +
        'files (5000); rank: files (1000)',
    },
    size: {
      kind: 'integer',
      placeholder: 'N',
      min: 16,
      max: 512,
      meaning: 'side of the images in pixels (32; scores from random views: 64)',
    },
    batch: {
      kind: 'integer',
      placeholder: 'N',
      min: 2,
      max: 1024,
      meaning: 'train: normal images in a step (64); plain scores: images at once (128)',
    },
    threads: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: 256,
      standard: 2,
      meaning: 'processor threads of both',
    },
    rounds: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: 100,
      standard: 3,
      meaning: 'turns of each; figures are medians',
    },
    steps: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: 1000,
      standard: 6,
      meaning: 'step: steps timed in a turn',
    },
    views: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: 1_000_000,
      meaning: 'score: random views of an image (32); augment: views timed in a turn (5000)',
    },
    page: { kind: 'text', placeholder: 'FILE', meaning: 'all: write the page of figures here' },
    quick: {
      kind: 'switch',
      meaning: 'all: the smallest sizes once, to see that everything runs',
    },
    set: {
      kind: 'choice',
      choices: ['pbc8'],
      standard: 'pbc8',
      meaning: 'accuracy: the packed set',
    },
    classes: {
      kind: 'text',
      placeholder: 'LIST',
      standard: 'lymphocyte,neutrophil,ig,platelet',
      meaning: 'accuracy: the types that are normal in turn',
    },
    seeds: {
      kind: 'text',
      placeholder: 'LIST',
      standard: '0,1',
      meaning: 'accuracy: seeds of both',
    },
    epochs: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: 10_000,
      meaning: 'passes over the normals (accuracy: 40; train: 5)',
    },
    method: {
      kind: 'choice',
      choices: ['anchored', 'oecl', 'simclr'],
      standard: 'anchored',
      meaning: 'accuracy: the method of both',
    },
    data: {
      kind: 'text',
      placeholder: 'DIR',
      meaning: 'folder of the packed sets',
    },
    peer: { kind: 'text', placeholder: 'FILE', meaning: 'the script of the peer' },
    'without-peer': { kind: 'switch', meaning: 'measure Normscope alone' },
  },
  examples: [
    { words: 'bench step', meaning: 'The time of a step for two networks and two batches.' },
    {
      words: 'bench all --page docs/benchmarks.md',
      meaning: 'Every figure of speed, as a page; about 25 minutes on an idle machine.',
    },
    {
      words: 'bench accuracy --classes lymphocyte --seeds 0 --epochs 10',
      meaning: 'A short look at one type.',
    },
  ],
  run: async (given, shell) => {
    const kind = kinds.find((name) => name === given.kind);
    if (kind === undefined) {
      const nearest = nearestName(given.kind, kinds);
      const message = `KIND is ${kindList()}, not "${printable(given.kind)}"${nearest}.`;
      throw new Failure('bad-input', message);
    }
    if (given.page !== undefined && kind !== 'all') {
      throw new Failure(
        'bad-input',
        '--page belongs to "bench all", which measures what it shows.',
      );
    }
    if (kind === 'accuracy') return await accuracy(given, shell);
    const peer = await peerOf(given);
    const folder = await benchFolder();
    const figures: SpeedFigure[] = [];
    try {
      for await (const figure of speedFigures(kind, given, folder, peer, shell)) {
        print(shell, figure);
        figures.push(figure);
      }
    } finally {
      await folder.remove();
    }
    if (given.page !== undefined) await writePage(given.page, given, figures, peer, shell);
    return 0;
  },
});

function kindList(): string {
  return `${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)!}`;
}

interface PeerWords {
  readonly peer: string | undefined;
  readonly 'without-peer': boolean;
}

function peerOf({ peer, 'without-peer': isWithout }: PeerWords): Promise<Peer | null> {
  return isWithout ? Promise.resolve(null) : findPeer(peer);
}

async function writePage(
  file: string,
  { threads, quick }: Pick<SpeedWords, 'threads' | 'quick'>,
  figures: readonly SpeedFigure[],
  peer: Peer | null,
  shell: Shell,
): Promise<void> {
  // Loaded here, because it brings the image library.
  const { benchmarkPage, machineLines } = await import('./page.ts');
  const machine = await machineLines(threads, peer, shell);
  const date = new Date().toISOString().slice(0, 10);
  const words = ['bench', 'all', ...(quick ? ['--quick'] : []), '--page', file];
  const command = shell.typed(...words);
  const path = resolve(file);
  await mkdir(dirname(path), { recursive: true });
  // What was written by hand stays.
  const before = await readFile(path, 'utf8').catch(() => '');
  await writeFile(path, benchmarkPage(figures, machine, date, command, before));
  shell.note(`Written: ${path}`);
}

interface AccuracyWords extends PeerWords {
  readonly data: string | undefined;
  readonly set: string;
  readonly classes: string;
  readonly seeds: string;
  readonly epochs: number | undefined;
  readonly method: 'anchored' | 'oecl' | 'simclr';
}

async function accuracy(given: AccuracyWords, shell: Shell): Promise<number> {
  const { set, epochs = 40, method } = given;
  if (epochs < 4) throw new Failure('bad-input', '--epochs of "bench accuracy" is at least 4.');
  const classes = given.classes.split(',').map((name) => name.trim());
  const seeds = integers('seeds', given.seeds);
  const plan = { folder: dataFolder(given), set, classes, seeds, epochs, method };
  const peer = await peerOf(given);
  const ours: Record<string, number>[] = [];
  const theirs: Record<string, number>[] = [];
  for await (const figure of benchAccuracy(plan, peer, shell)) {
    print(shell, figure);
    ours.push(figure.ours);
    if (figure.peer) theirs.push(figure.peer);
  }
  print(shell, { bench: 'accuracy', mean: means(ours), peer: means(theirs) });
  for (const [name, value] of Object.entries(means(ours) ?? {})) {
    const other = means(theirs)?.[name];
    shell.note(
      `${name.padEnd(18)} ${part(value)}${other === undefined ? '' : `  peer ${part(other)}`}`,
    );
  }
  return 0;
}

/** Of each score over all figures; null without any. */
function means(figures: readonly Record<string, number>[]): Record<string, number> | null {
  if (figures.length === 0) return null;
  return Object.fromEntries(
    Object.keys(figures[0]!).map((name) => {
      const sum = figures.reduce((total, figure) => total + figure[name]!, 0);
      return [name, Number((sum / figures.length).toFixed(4))];
    }),
  );
}

/** The figures of a benchmark are for scripts, with or without --json. */
function print(shell: Shell, figure: unknown): void {
  if (shell.isJson) shell.answer(figure);
  else shell.say(JSON.stringify(figure));
}
