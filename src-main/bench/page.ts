// The page docs/benchmarks.md, written from the figures of one run.

import { readFile } from 'node:fs/promises';
import { arch, cpus, platform, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { imageLibraryVersion } from '#core/formats/image-library.ts';
import { readCodeVersion } from '#core/project/code-version.ts';
import { count, part, rate, significant } from '#domain/figures.ts';
import type { Shell } from '#hosts/cli/shell.ts';
import type { Peer } from './peer.ts';
import type { SpeedFigure } from './speed.ts';

type Of<B> = Extract<SpeedFigure, { readonly bench: B }>;

interface Section<B extends SpeedFigure['bench']> {
  readonly title: string;
  readonly about: string;
  readonly columns: readonly string[];
  readonly cells: (figure: Of<B>) => readonly (string | number)[];
}

const sections: { readonly [B in SpeedFigure['bench']]: Section<B> } = {
  step: {
    title: 'A training step',
    about:
      'Milliseconds of one step (forward, backward, optimiser) of a ResNet-18 on images already in ' +
      'memory. Less is better; a ratio below 1 is faster than PyTorch.',
    columns: ['width', 'pixels', 'images', 'ours, ms', 'PyTorch, ms', 'ours ÷ PyTorch'],
    cells: (f) => [f.width, f.size, f.batch, tenths(f.ours), tenths(f.peer), ratio(f)],
  },
  train: {
    title: 'Training from end to end',
    about:
      'Images (views of normal and of outlier images) a second through a whole training: views drawn, ' +
      'steps taken, checkpoints written. The same set, sizes and settings on both sides. A ratio above 1 ' +
      'is faster. The peer’s step: by its own clock, without its views; here it can be faster than in the ' +
      'table above. First step: from the start of the worker to the end of its first step. Memory: the most ' +
      'that the process held.',
    columns: [
      ...['width', 'pixels', 'images in a step', 'ours, images/s', 'peer, images/s', 'ratio'],
      ...['peer’s step, ms', 'first step, s', 'memory, ours, MB', 'memory, peer, MB'],
    ],
    cells: (f) => [
      ...[f.width, f.size, f.batch, rate(f.ours), rateOr(f.peer), ratio(f)],
      ...[tenths(f.peerStepMilliseconds), f.firstStepSeconds],
      ...[megabytes(f.peakMegabytes.ours), megabytes(f.peakMegabytes.peer)],
    ],
  },
  score: {
    title: 'Scoring',
    about:
      'Images scored a second. “Plain view” is the network alone on batches; with random views, whole ' +
      'scores of decoded images are timed, drawing the views included. A ratio above 1 is faster.',
    columns: ['what', 'width', 'pixels', 'ours, images/s', 'peer, images/s', 'ratio'],
    cells: (f) => [
      f.what === 'plain' ? `plain view, batch ${f.batch}` : `plain and ${f.views} random views`,
      ...[f.width, f.size, rate(f.ours), rateOr(f.peer), ratio(f)],
    ],
  },
  augment: {
    title: 'Drawing random views',
    about:
      'Views a second in one thread: crop, mirror, brightness, contrast, saturation, hue, grey. Ours cuts ' +
      'them from images of twice the side. A ratio above 1 is faster than torchvision.',
    columns: ['pixels', 'ours, views/s', 'torchvision, views/s', 'ratio'],
    cells: (f) => [f.size, rate(f.ours), rateOr(f.peer), ratio(f)],
  },
  import: {
    title: 'Import',
    about:
      'Images a second of a whole import (bytes, hash, header, thumbnail, catalogue in SQLite) against ' +
      'sharp alone doing the same reads without a catalogue.',
    columns: ['images', 'pixels', 'ours, images/s', 'sharp alone, images/s', 'ratio'],
    cells: (f) => [count(f.images), f.size, rate(f.ours), rateOr(f.peer), ratio(f)],
  },
  rank: {
    title: 'From files to a ranked list',
    about:
      'Images a second from files to the list that the frozen network ranks: half of the images are normals ' +
      'that it is fitted to. Ours imports them, with hashes, thumbnails and catalogue; the peer reads them with ' +
      'Pillow, computes the same features with onnxruntime and keeps nothing. AUROC: of the images that are ' +
      'not fitted to. A ratio above 1 is faster.',
    columns: [
      ...['images', 'pixels', 'ours, images/s', 'peer, images/s', 'ratio'],
      ...['AUROC, ours', 'AUROC, peer'],
    ],
    cells: (f) => [
      ...[count(f.images), f.size, rate(f.ours), rateOr(f.peer), ratio(f)],
      ...[part(f.auroc.ours), f.auroc.peer === null ? '–' : part(f.auroc.peer)],
    ],
  },
};

const order = ['step', 'train', 'score', 'augment', 'import', 'rank'] as const;

/** The machine and versions of the measurement, as lines. */
export async function machineLines(
  threads: number,
  peer: Peer | null,
  shell: Shell,
): Promise<string[]> {
  const processors = cpus();
  const theirs = peer ? await peer.versions(shell) : {};
  return [
    `Processor: ${processors[0]?.model.trim() ?? arch()}, ${processors.length} logical cores`,
    `Memory: ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `System: ${await systemName()}`,
    `Threads: ${threads}, on both sides`,
    `Normscope ${await readCodeVersion()}, Node ${process.versions.node}, onnxruntime-node ` +
      `${await runtimeVersion()}, ${imageLibraryVersion}`,
    peer
      ? `Peer: ${Object.entries(theirs)
          .map(([name, version]) => `${name} ${version}`)
          .join(', ')}`
      : 'Peer: left out',
  ];
}

/** Where the sections that are written by hand begin; `benchmarkPage` keeps them. */
const separately = '## Measured separately';

/**
 * The part of a page that was written by hand: from the heading "Measured separately" to the end. Empty
 * where the page has none.
 */
export function measuredSeparately(page: string): string {
  const at = `\n${page}`.indexOf(`\n${separately}\n`);
  return at === -1 ? '' : page.slice(at).trim();
}

/** date: "2026-11-24". command: what made the page. before: the page that it replaces, or "". */
export function benchmarkPage(
  figures: readonly SpeedFigure[],
  machine: readonly string[],
  date: string,
  command: string,
  before: string,
): string {
  const parts = order.flatMap((bench) => {
    const own = figures.filter((figure) => figure.bench === bench);
    return own.length === 0 ? [] : [sectionText(sections[bench] as Section<typeof bench>, own)];
  });
  return [
    '# Benchmarks',
    `Written by \`${command}\` on ${date}. Ours and the peer take turns in one run, ` +
      'each figure is the median of its turns, and ratios mean more than times: a machine runs other ' +
      'things as well.',
    machine.map((line) => `- ${line}`).join('\n'),
    ...parts,
    ...[measuredSeparately(before)].filter((text) => text !== ''),
    '',
  ].join('\n\n');
}

function sectionText<B extends SpeedFigure['bench']>(
  { title, about, columns, cells }: Section<B>,
  figures: readonly SpeedFigure[],
): string {
  const rows = figures.map((figure) => cells(figure as Of<B>).map(String));
  const lines = [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return [`## ${title}`, about, lines.join('\n')].join('\n\n');
}

function ratio(figure: { readonly ratio: number | null }): string {
  return figure.ratio === null ? '' : significant(figure.ratio, 3);
}

function rateOr(perSecond: number | null): string {
  return perSecond === null ? '' : rate(perSecond);
}

function tenths(milliseconds: number | null): string {
  return milliseconds === null ? '' : milliseconds.toFixed(1);
}

function megabytes(value: number | null): string {
  return value === null ? '' : count(value);
}

/** "Debian GNU/Linux 12 (bookworm), linux x64". */
async function systemName(): Promise<string> {
  const system = `${platform()} ${arch()}`;
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1];
  return name === undefined ? system : `${name}, ${system}`;
}

async function runtimeVersion(): Promise<string> {
  const file = fileURLToPath(new URL('../../package.json', import.meta.url));
  const described = z.object({ dependencies: z.record(z.string(), z.string()) });
  const { dependencies } = described.parse(JSON.parse(await readFile(file, 'utf8')));
  return dependencies['onnxruntime-node'] ?? '';
}
