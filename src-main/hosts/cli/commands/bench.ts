// bench: speed and accuracy against the PyTorch peer, as JSON lines.

import { resolve } from 'node:path';
import { Failure } from '#domain/failure.ts';
import { nearestName } from '#domain/nearest-name.ts';
import { benchAccuracy } from '../bench/accuracy.ts';
import { findPeer, type Peer } from '../bench/peer.ts';
import { benchStep } from '../bench/step.ts';
import { command } from '../command.ts';
import { part } from '#domain/figures.ts';
import { printable } from '#domain/printable.ts';
import type { Shell } from '../shell.ts';

const kinds = ['step', 'accuracy'] as const;

export const bench = command({
  summary: 'Measures speed and accuracy against the same method in PyTorch',
  about: [
    'Prints one line of JSON a figure. "step" times a training step, ours and the peer taking turns: ' +
      'ratio is our time divided by the peer’s. "accuracy" trains on one type of cell of a packed set ' +
      'and measures how well each score tells the other types from it, ours beside the peer’s.',
    'The peer is a Python script; it needs torch, torchvision, scikit-learn and Pillow. The packed ' +
      'sets and the script are looked for in ../shared beside a checkout.',
  ],
  arguments: { kind: { placeholder: 'KIND', meaning: `what to measure: ${kinds.join(' or ')}` } },
  options: {
    widths: {
      kind: 'text',
      placeholder: 'LIST',
      standard: '16,64',
      meaning: 'step: channels of the first stage',
    },
    images: {
      kind: 'text',
      placeholder: 'LIST',
      standard: '64,256',
      meaning: 'step: images in a step, multiples of 4',
    },
    size: {
      kind: 'integer',
      placeholder: 'N',
      min: 16,
      max: 512,
      standard: 32,
      meaning: 'step: side of the images in pixels',
    },
    threads: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: 256,
      standard: 2,
      meaning: 'step: processor threads of both',
    },
    rounds: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: 100,
      standard: 3,
      meaning: 'step: turns of each; figures are medians',
    },
    steps: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: 1000,
      standard: 6,
      meaning: 'step: steps timed in a turn',
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
      min: 4,
      max: 10_000,
      standard: 40,
      meaning: 'accuracy: passes over the normals',
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
      meaning: 'accuracy: folder of the packed sets',
    },
    peer: { kind: 'text', placeholder: 'FILE', meaning: 'the script of the peer' },
    'without-peer': { kind: 'switch', meaning: 'measure Normscope alone' },
  },
  examples: [
    { words: 'bench step', meaning: 'The time of a step for two networks and two batches.' },
    {
      words: 'bench accuracy --classes lymphocyte --seeds 0 --epochs 10',
      meaning: 'A short look at one type.',
    },
  ],
  run: async (given, shell) => {
    switch (given.kind) {
      case 'step':
        return step(given, shell);
      case 'accuracy':
        return accuracy(given, shell);
      default: {
        const nearest = nearestName(given.kind, kinds);
        const message = `KIND is ${kinds.join(' or ')}, not "${printable(given.kind)}"${nearest}.`;
        throw new Failure('bad-input', message);
      }
    }
  },
});

interface PeerWords {
  readonly peer: string | undefined;
  readonly 'without-peer': boolean;
}

function peerOf({ peer, 'without-peer': isWithout }: PeerWords): Promise<Peer | null> {
  return isWithout ? Promise.resolve(null) : findPeer(peer);
}

interface StepWords extends PeerWords {
  readonly widths: string;
  readonly images: string;
  readonly size: number;
  readonly threads: number;
  readonly rounds: number;
  readonly steps: number;
}

async function step(given: StepWords, shell: Shell): Promise<number> {
  const { size, threads, rounds, steps } = given;
  const widths = integers('widths', given.widths);
  const images = integers('images', given.images);
  const peer = await peerOf(given);
  const figures = benchStep({ widths, images, size, threads, rounds, steps }, peer, shell);
  for await (const figure of figures) print(shell, figure);
  return 0;
}

interface AccuracyWords extends PeerWords {
  readonly data: string | undefined;
  readonly set: string;
  readonly classes: string;
  readonly seeds: string;
  readonly epochs: number;
  readonly method: 'anchored' | 'oecl' | 'simclr';
}

async function accuracy(given: AccuracyWords, shell: Shell): Promise<number> {
  const { set, epochs, method } = given;
  const folder = given.data ?? process.env['NORMSCOPE_DEV_DATA'] ?? '../shared/data/dev';
  const classes = given.classes.split(',').map((name) => name.trim());
  const seeds = integers('seeds', given.seeds);
  const plan = { folder: resolve(folder), set, classes, seeds, epochs, method };
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

/** Throws `bad-input`. */
function integers(option: string, text: string): number[] {
  const numbers = text.split(',').map((word) => (/^\s*\d+\s*$/.test(word) ? Number(word) : NaN));
  if (numbers.length > 0 && numbers.every(Number.isSafeInteger)) return numbers;
  throw new Failure('bad-input', `--${option} is a list of whole numbers such as 16,64.`);
}
