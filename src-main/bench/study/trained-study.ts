// The study of short trainings: what a network of one's own adds to the frozen backbone, by the same
// read-out. Budgets are steps, because the time of a step depends on what else the machine does.

import type { MethodName } from '#domain/methods/methods.ts';
import { resolveSettings } from '#domain/run-settings.ts';
import type { ShiftName } from '#domain/shift-table.ts';
import type { Tensors } from '#engine/engine.ts';
import { lengthOf } from '#ml/linear-algebra.ts';
import { initialState } from '#ml/networks/initial-weights.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { stageLengths } from '#ml/read-out/stages.ts';
import { describeScoring, readPlainViews } from '#ml/score.ts';
import { shiftNamed } from '#ml/shifts/shifts.ts';
import { fitSettings, startTraining } from '#ml/train.ts';
import { encodeFrozen, type EncodedSet } from './encoders.ts';
import { joinedStages, ofImages, stageOf } from './features.ts';
import { askedOf, type StudyFigure } from './figures.ts';
import { recipeOf, type StudyContext } from './frozen-study.ts';
import {
  crossFitted,
  distancesOf,
  standardised,
  summed,
  type ReadOutVariant,
} from './read-outs.ts';
import { splitOf, tasksOf } from './splits.ts';
import { picked, type StudySet } from './study-sets.ts';

interface Training {
  readonly method: MethodName;
  readonly natural: boolean;
  readonly shifts: readonly ShiftName[];
}

export const trainings: Readonly<Record<string, Training | null>> = {
  'random weights': null,
  SimCLR: { method: 'simclr', natural: false, shifts: [] },
  'anchored, natural + cut-mix': { method: 'anchored', natural: true, shifts: ['cut-mix'] },
  'anchored, near shifts': {
    ...{ method: 'anchored', natural: false },
    shifts: ['cut-mix', 'stitch', 'swirl', 'defocus', 'small-paste'],
  },
};

export interface TrainedPlan {
  readonly seeds: readonly number[];
  readonly most: number;
  readonly steps: number;
  readonly inputSize: number;
  /** Names of `trainings`. */
  readonly methods: readonly string[];
  /** What is normal in turn; every task when left out. */
  readonly tasks?: readonly string[];
  readonly outliers: () => Promise<PixelSet>;
}

/** Figures with the processor time of the training, seconds over all threads. */
export interface TrainedFigure extends StudyFigure {
  readonly seconds: number;
}

export async function* studyTrained(
  set: StudySet,
  plan: TrainedPlan,
  context: StudyContext,
): AsyncGenerator<TrainedFigure, void, undefined> {
  const channels = set.card.areStains ? [...Array(set.card.channels).keys()] : [undefined];
  const frozen: EncodedSet[] = [];
  for (const channel of channels) {
    frozen.push(await encodeFrozen(set, context.backbone, context, channel));
  }
  const recipe = recipeOf(set.card);
  for (const seed of plan.seeds) {
    for (const { name: normal, normal: types } of tasksOf(set, plan.tasks)) {
      const split = splitOf(set, types, seed, plan.most);
      if (split === null) continue;
      const asked = askedOf(split);
      const about = { set: set.name, normal, seed };
      // Spreads over each method's blocks, from normals that the statistics were not fitted on.
      const frozenSums = sums(frozen, split.train, asked.indices, recipe);
      const figure = (
        method: string,
        seconds: number,
        score: string,
        scores: readonly number[],
      ) => {
        return { ...about, method, score, seconds, ...asked.figures(scores) };
      };
      yield figure('frozen', 0, 'sum', frozenSums.plain);
      for (const name of plan.methods) {
        const { state, seconds } = await trained(set, split.train, name, seed, plan, context);
        const all = [...split.train, ...asked.indices];
        const read = await featuresOf(set, all, state, plan, context);
        const own = [read.encoded];
        const places = [...all.keys()];
        const train = places.slice(0, split.train.length);
        const others = places.slice(split.train.length);
        const say = (score: string, scores: readonly number[]) =>
          figure(name, seconds, score, scores);
        yield say(
          'norm',
          others.map((place) => -read.norms[place]!),
        );
        const distances = distancesOf(own, train, others, recipe);
        for (const stage of [0, 1, 2, 3]) {
          yield say(
            `stage${stage + 1}`,
            summed(distances, (other) => other === stage),
          );
        }
        const { plain, even } = sums(own, train, others, recipe);
        yield say('sum', plain);
        yield say(
          'with frozen',
          even.map((value, index) => value + frozenSums.even[index]!),
        );
        yield say(
          'logs with frozen',
          plain.map((value, index) => value + frozenSums.plain[index]!),
        );
        const deep = [...frozen.map(({ plain }) => ofImages(plain, all)), read.encoded.plain];
        const both = {
          plain: joinedStages(deep.map((features) => stageOf(features, 3))),
          weak: [],
        };
        yield say('one whitening', summed(distancesOf([both], train, others, recipe)));
      }
    }
  }
}

/** The sum over stages, and the same in deviations of held-out normals. */
function sums(
  encoded: readonly EncodedSet[],
  train: readonly number[],
  asked: readonly number[],
  recipe: ReadOutVariant,
) {
  const plain = summed(distancesOf(encoded, train, asked, recipe));
  const total = { stages: [0], rows: plain.map((value) => [value]) };
  const held = crossFitted(encoded, train, recipe, (distances) => ({
    stages: [0],
    rows: summed(distances).map((value) => [value]),
  }));
  return { plain, even: standardised(total, held).rows.map((row) => row[0]!) };
}

function settingsOf(method: MethodName, { steps, inputSize }: TrainedPlan) {
  const overrides = { steps, inputSize };
  return resolveSettings({ preset: 'quick', specimen: 'stained', method, overrides });
}

async function trained(
  set: StudySet,
  train: readonly number[],
  name: string,
  seed: number,
  plan: TrainedPlan,
  { engine, note }: StudyContext,
): Promise<{ state: Tensors; seconds: number }> {
  const training = trainings[name];
  if (training == null) {
    const program = describeScoring(settingsOf('simclr', plan), set.pixels.channels, 16);
    return { state: initialState(program, seed), seconds: 0 };
  }
  const { method, natural, shifts } = training;
  const start = process.cpuUsage();
  const running = await startTraining({
    ...{ engine, method, seed, normals: picked(set.pixels, train) },
    settings: fitSettings(settingsOf(method, plan), train.length),
    outliers: natural ? [{ set: await plan.outliers(), weight: 1 }] : [],
    shifts: shifts.map((shift) => ({ shift: shiftNamed(shift), weight: 1, strength: 0.5 })),
  });
  try {
    for await (const step of running.steps) {
      if (step.step % 100 === 0) note(`${set.name} ${name} seed ${seed}: step ${step.step}`);
    }
    const { user, system } = process.cpuUsage(start);
    return { state: await running.state(), seconds: Math.round((user + system) / 1e6) };
  } finally {
    await running.release();
  }
}

/** Features of the images `all`, in their order, and the norms of their embeddings. */
async function featuresOf(
  set: StudySet,
  all: readonly number[],
  state: Tensors,
  plan: TrainedPlan,
  { engine }: StudyContext,
): Promise<{ encoded: EncodedSet; norms: number[] }> {
  const settings = settingsOf('simclr', plan);
  const names = new Set(
    describeScoring(settings, set.pixels.channels, 16).state.map(({ name }) => name),
  );
  const weights = Object.fromEntries(Object.entries(state).filter(([name]) => names.has(name)));
  const pixels = picked(set.pixels, all);
  const read = await readPlainViews(engine, weights, pixels, settings, undefined, undefined, 4);
  const size = read.z.length / all.length;
  const plain = { turned: read.pooled, upright: read.pooled, lengths: stageLengths(settings) };
  return {
    encoded: { plain, weak: [] },
    norms: all.map((_, place) => lengthOf(read.z.subarray(place * size, (place + 1) * size))),
  };
}
