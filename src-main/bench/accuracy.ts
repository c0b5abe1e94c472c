// bench accuracy: one type of cell is normal, every other type anomalous; the product's own import,
// training and scores against the PyTorch peer's, with the peer's settings.

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '#domain/failure.ts';
import { cardOf } from '#domain/methods/methods.ts';
import { runImport } from '#hosts/cli/importing.ts';
import { withProject, type CoreClient } from '#hosts/cli/project.ts';
import { runScoring } from '#hosts/cli/scoring.ts';
import type { Shell } from '#hosts/cli/shell.ts';
import { followTraining } from '#hosts/cli/training.ts';
import { packedSets, unpack } from './packed-set.ts';
import type { Peer } from './peer.ts';

export interface AccuracyPlan {
  /** Folder of the packed sets. */
  readonly folder: string;
  /** "pbc8": SET_64.tar.gz, with members SET_64/[train|test]/TYPE/FILE. */
  readonly set: string;
  /** Types that are normal in turn. */
  readonly classes: readonly string[];
  readonly seeds: readonly number[];
  readonly epochs: number;
  readonly method: 'oecl' | 'anchored' | 'simclr';
}

type Aurocs = Readonly<Record<string, number>>;

export interface AccuracyFigure {
  readonly bench: 'accuracy';
  readonly set: string;
  readonly method: string;
  readonly normal: string;
  readonly seed: number;
  readonly ours: Aurocs;
  readonly peer: Aurocs | null;
}

const views = 8;
/** Of both sides: weak jitter, because colour is evidence in a stained cell. */
const jitter = 0.1;
const warmupEpochs = 2;
const batch = 64;

/** One figure for each type and seed. Throws `not-found` when a packed set is missing. */
export async function* benchAccuracy(
  plan: AccuracyPlan,
  peer: Peer | null,
  shell: Shell,
): AsyncGenerator<AccuracyFigure, void, undefined> {
  const { set: archive, outliers } = packedSets(plan.folder, plan.set);
  const folder = await mkdtemp(join(tmpdir(), 'normscope-bench-'));
  try {
    await unpack(archive, folder);
    const project = join(folder, 'Bench.normscope');
    for (const normal of plan.classes) {
      const table = await writeTable(folder, `${plan.set}_64`, normal);
      for (const seed of plan.seeds) {
        const ours = await withProject(shell, project, { create: true }, (client) =>
          trainAndMeasure(client, shell, { plan, normal, seed, table, outliers, project }),
        );
        const theirs =
          peer && (await runPeer(peer, shell, { plan, normal, seed, archive, outliers }));
        const { set, method } = plan;
        yield { bench: 'accuracy', set, method, normal, seed, ours, peer: theirs };
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The CSV table that makes one type the normal one. */
interface Table {
  readonly path: string;
  /** Images to train on. */
  readonly trained: number;
}

async function writeTable(folder: string, set: string, normal: string): Promise<Table> {
  const types = await readdir(join(folder, set, 'train'));
  if (!types.includes(normal)) {
    throw new Failure('bad-input', `There is no type "${normal}". There are ${types.join(', ')}.`);
  }
  const lines = ['path,role,label,split'];
  for (const part of ['train', 'test']) {
    for (const type of part === 'train' ? [normal] : types) {
      for (const file of (await readdir(join(folder, set, part, type))).sort()) {
        const role = type === normal ? 'normal' : 'anomaly';
        lines.push(`${set}/${part}/${type}/${file},${role},${type},${part}`);
      }
    }
  }
  const path = join(folder, `${normal}.csv`);
  await writeFile(path, lines.join('\n'));
  return { path, trained: lines.filter((line) => line.endsWith(',train')).length };
}

interface OurRun {
  readonly plan: AccuracyPlan;
  readonly normal: string;
  readonly seed: number;
  readonly table: Table;
  readonly outliers: string;
  readonly project: string;
}

async function trainAndMeasure(
  client: CoreClient,
  shell: Shell,
  { plan, normal, seed, table, outliers, project }: OurRun,
): Promise<Aurocs> {
  // The table names every split; the option keeps the import from setting normals aside.
  await runImport(client, shell, { paths: [table.path], dataset: normal, split: 'none' });
  await runImport(client, shell, { paths: [outliers], dataset: 'outliers', role: 'outlier' });
  const training = {
    dataset: normal,
    preset: 'paper',
    specimen: 'natural',
    method: plan.method,
    seed,
    outliers: plan.method === 'simclr' ? [] : [{ name: 'outliers', weight: 1 }],
    shifts: plan.method === 'anchored' ? [{ name: 'cut-mix', weight: 1 }] : [],
    overrides: {
      width: 16,
      inputSize: 32,
      batch,
      outlierBatch: plan.method === 'simclr' ? 0 : batch,
      steps: plan.epochs * Math.floor(table.trained / batch),
      ...ownSettings(plan),
      cropMin: 0.5,
      brightness: jitter,
      contrast: jitter,
      saturation: jitter,
      hue: jitter / 4,
      grey: 0,
      views,
    },
  } as const;
  const start = () => client.call('runs.train', { ...training, acceptOverlaps: true });
  const { modelId } = await followTraining(client, shell, project, start);
  await runScoring(client, shell, { modelId, dataset: normal, engine: 'auto' });
  const { scores } = await client.call('scores.evaluate', { modelId, dataset: normal });
  return aurocsOf(plan, (name) => scores[name]!.auroc);
}

/** Settings of the method alone. */
function ownSettings(plan: AccuracyPlan): Record<string, number> {
  if (plan.method === 'simclr') return {};
  return {
    warmup: warmupEpochs / plan.epochs,
    alpha: alphaOf(plan),
    ...(plan.method === 'anchored' ? { anchor: 1 } : {}),
  };
}

/** The published weight collapses the norms in short runs; the anchored pair balances at 1. */
function alphaOf({ method }: AccuracyPlan): number {
  return method === 'anchored' ? 1 : 0.1;
}

const peerAnswer = z.object({ auroc: z.record(z.string(), z.number()) });
const peerMethods = { oecl: 'oecl', anchored: 'oecl+cutmix', simclr: 'simclr' } as const;

async function runPeer(
  peer: Peer,
  shell: Shell,
  run: Omit<OurRun, 'table' | 'project'> & { readonly archive: string },
): Promise<Aurocs> {
  const { plan, normal, seed, archive, outliers } = run;
  const options = {
    set: archive,
    outliers,
    normal,
    seed,
    method: peerMethods[plan.method],
    anchor: plan.method === 'anchored' ? 1 : 0,
    alpha: alphaOf(plan),
    size: 32,
    width: 16,
    epochs: plan.epochs,
    warmup: warmupEpochs,
    batch,
    jitter,
    grey: 0,
    'min-scale': 0.5,
    views,
  };
  const { auroc } = peerAnswer.parse(await peer.run(options, shell));
  return aurocsOf(plan, (name) => auroc[name]!);
}

function aurocsOf({ method }: AccuracyPlan, of: (name: string) => number): Aurocs {
  return Object.fromEntries(
    cardOf(method).scores.map(({ name }) => [name, Number(of(name).toFixed(4))]),
  );
}
