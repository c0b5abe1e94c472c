// The study of the advisor: does what it says of a shift agree with the detection of true anomalies by a detector that
// has learnt this shift as outliers?

import { auroc } from '#domain/metrics/auroc.ts';
import { purpose, RandomStream } from '#domain/random.ts';
import { resolveSettings, viewSettingNames, type ViewSettings } from '#domain/run-settings.ts';
import { judgeShifts, type JudgedShift } from '#domain/shift-advice.ts';
import { shiftNames } from '#domain/shift-table.ts';
import { fitOutlierHead, headWeight, outlierDistance } from '#ml/read-out/outlier-head.ts';
import {
  fitWithNormals,
  joinedDistance,
  whitenedDistances,
  whitenedRow,
} from '#ml/read-out/read-out.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { shiftedSet, variedSet } from '#ml/shifts/shifted-set.ts';
import { shiftNamed } from '#ml/shifts/shifts.ts';
import { shiftFigures } from '#ml/shifts/transfer.ts';
import { backboneFeatures, drawPlain, kept, widthOf, type Features } from './features.ts';
import { meanOf } from './read-outs.ts';
import { splitOf, tasksOf } from './splits.ts';
import { picked, type StudySet } from './study-sets.ts';
import type { StudyContext } from './frozen-study.ts';

/** As the advisor takes (core/outliers/advice.ts). */
const mostImages = 64;
const fewestImages = 40;

export interface AdviceFigure {
  readonly set: string;
  readonly normal: string;
  readonly seed: number;
  readonly judged: readonly JudgedShift[];
  /** AUROC of true anomalies by the read-out alone. */
  readonly plain: number;
  /** Of each shift: by its head alone, and by the read-out with its head. */
  readonly head: readonly number[];
  readonly joined: readonly number[];
}

export async function* studyAdvice(
  set: StudySet,
  plan: {
    readonly seeds: readonly number[];
    readonly most: number;
    readonly tasks?: readonly string[];
  },
  context: StudyContext,
): AsyncGenerator<AdviceFigure, void, undefined> {
  const { hash } = await context.backbone();
  const all = await kept(context.cache, `${set.name}-frozen-${hash}-plain`, async () =>
    backboneFeatures(await context.backbone(), set.pixels, drawPlain),
  );
  for (const { name: normal, normal: types } of tasksOf(set, plan.tasks)) {
    for (const seed of plan.seeds) {
      const split = splitOf(set, types, seed, plan.most);
      if (split === null || split.train.length < fewestImages) continue;
      const id = `${set.name}-${normal}-${seed}`;
      context.note(`${id}: copies by each shift`);
      const { normals, shifted } = await copies(set, id, split.train, seed, context);
      const figures = await shiftFigures(
        { normals, shifted, lengths: all.lengths, pictures: 1 },
        () => Promise.resolve(),
      );
      const judged = judgeShifts(
        figures.map(({ separability: { auroc: separability, auroc95 }, ...of }, place) => {
          return { ...of, name: shiftNames[place]!, separability, separability95: auroc95 };
        }),
      );
      const width = widthOf(all.lengths);
      const row = (index: number) => all.upright.subarray(index * width, (index + 1) * width);
      const train = new Float32Array(split.train.length * width);
      split.train.forEach((index, place) => train.set(row(index), place * width));
      const fitted = fitWithNormals(train, split.train.length, all.lengths);
      const white = (indices: readonly number[]) =>
        indices.map((index) => whitenedRow(row(index), fitted.readOut));
      const parts = [white(split.testNormals), white(split.testAnomalies)] as const;
      const aurocOf = (score: (whitened: Float64Array) => number) =>
        auroc(parts[0].map(score), parts[1].map(score)).auroc;
      const joinedWith = (more: (whitened: Float64Array) => number[]) =>
        aurocOf((one) =>
          joinedDistance(whitenedDistances(one, fitted.readOut), fitted.readOut, more(one)),
        );
      const heads = shifted.map((rows) =>
        fitOutlierHead(
          fitted.normals,
          rows.map((one) => whitenedRow(one, fitted.readOut)),
        ),
      );
      yield {
        ...{ set: set.name, normal, seed, judged },
        plain: joinedWith(() => []),
        head: heads.map((head) => aurocOf((one) => outlierDistance(one, head))),
        joined: heads.map((head) => joinedWith((one) => [headWeight * outlierDistance(one, head)])),
      };
    }
  }
}

/** Features of normals as the specimen lets them vary, and of their copies by each shift. */
async function copies(
  set: StudySet,
  id: string,
  train: readonly number[],
  seed: number,
  { cache, backbone }: StudyContext,
): Promise<{ normals: Float32Array[]; shifted: Float32Array[][] }> {
  const order = new RandomStream(seed, purpose.sample, 4).permutation(train.length);
  const images = picked(
    set.pixels,
    [...order.subarray(0, mostImages)].map((at) => train[at]!),
  );
  const varied = (place: number) =>
    variedSet(images, { views: viewsOf(set), isTurned: !set.card.isUpright }, seed, place);
  const { hash } = await backbone();
  const read = async (name: string, pixels: () => PixelSet) =>
    rowsOf(
      await kept(cache, `advice-${id}-${hash}-${name}`, async () =>
        backboneFeatures(await backbone(), pixels(), drawPlain, 1),
      ),
    );
  const normals = await read('normal', () => varied(0));
  const shifted: Float32Array[][] = [];
  for (const [place, name] of shiftNames.entries()) {
    shifted.push(
      await read(name, () => shiftedSet(varied(1 + place), shiftNamed(name), 0.5, seed, place)),
    );
  }
  return { normals, shifted };
}

function viewsOf({ card }: StudySet): ViewSettings {
  const specimen = card.isUpright ? 'natural' : card.channels === 1 ? 'fluorescence' : 'stained';
  const settings = resolveSettings({
    preset: 'quick',
    specimen,
    method: 'anchored',
    overrides: {},
  });
  const views = Object.fromEntries(
    viewSettingNames.map((name) => [name, settings[name]]),
  ) as unknown as ViewSettings;
  return { ...views, cropMin: 1, cropMax: 1 };
}

/** Of the view that was drawn, without further turns. */
function rowsOf({ upright, lengths }: Features): Float32Array[] {
  const width = widthOf(lengths);
  return Array.from({ length: upright.length / width }, (_, row) =>
    upright.subarray(row * width, (row + 1) * width),
  );
}

/** Spearman's rank correlation; ties get their mean rank. */
function spearman(a: readonly number[], b: readonly number[]): number {
  const [ranksA, ranksB] = [ranks(a), ranks(b)];
  const [meanA, meanB] = [meanOf(ranksA), meanOf(ranksB)];
  const product = meanOf(ranksA.map((rank, i) => (rank - meanA) * (ranksB[i]! - meanB)));
  const spread = (of: readonly number[], mean: number) =>
    Math.sqrt(meanOf(of.map((rank) => (rank - mean) ** 2)));
  return product / (spread(ranksA, meanA) * spread(ranksB, meanB));
}

function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

/** The table of a set as Markdown: each shift, means over types and seeds; then the correlations. */
export function adviceLines(figures: readonly AdviceFigure[]): string[] {
  const mean = (of: (figure: AdviceFigure) => number) => meanOf(figures.map(of));
  const rows = shiftNames.map((name, place) => ({
    name,
    plain: mean(({ judged }) => judged[place]!.plain),
    learnt: mean(({ judged }) => judged[place]!.separability),
    rejected: mean(({ judged }) => (judged[place]!.decision === 'normal' ? 1 : 0)),
    head: mean(({ head }) => head[place]!),
    gain: mean(({ joined, plain }) => joined[place]! - plain),
  }));
  const single = figures.map(({ judged, head }) =>
    spearman(
      judged.map(({ plain }) => plain),
      head,
    ),
  );
  const pooled = spearman(
    rows.map(({ plain }) => plain),
    rows.map(({ head }) => head),
  );
  return [
    '| shift | frozen | learnt | rejected | head, true anomalies | read-out with head − read-out |',
    '| --- | --- | --- | --- | --- | --- |',
    ...[...rows]
      .sort((a, b) => b.plain - a.plain)
      .map(
        ({ name, plain, learnt, rejected, head, gain }) =>
          `| ${name} | ${plain.toFixed(3)} | ${learnt.toFixed(3)} | ${(100 * rejected).toFixed(0)} % | ` +
          `${head.toFixed(3)} | ${gain.toFixed(3)} |`,
      ),
    '',
    `Spearman of "frozen" and "head": ${meanOf(single).toFixed(2)} (mean of ${single.length} types and seeds, ` +
      `${Math.min(...single).toFixed(2)} to ${Math.max(...single).toFixed(2)}), ${pooled.toFixed(2)} of the means.`,
  ];
}
