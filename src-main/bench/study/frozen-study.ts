// The study without training: the baseline, random weights and the frozen backbone, by read-out.

import type { Engine } from '#engine/engine.ts';
import { baselineRows, baselineScore, joinedRows } from '#ml/baseline.ts';
import { encodeFrozen, encodeRandom, type EncodeContext, type EncodedSet } from './encoders.ts';
import { joinedStages, type FrozenBackbone } from './features.ts';
import { askedOf, type Asked, type StudyFigure } from './figures.ts';
import {
  byStage,
  crossFitted,
  distancesOf,
  softMaximum,
  standardised,
  summed,
  type Distances,
  type ReadOutVariant,
} from './read-outs.ts';
import { splitOf, tasksOf, type Split } from './splits.ts';
import type { SetCard, StudySet } from './study-sets.ts';

export interface FrozenPlan {
  readonly seeds: readonly number[];
  /** Normals that train, at most. */
  readonly most: number;
  /** What is normal in turn; every task when left out. */
  readonly tasks?: readonly string[];
  /** The recipe and the controls alone. */
  readonly isShort: boolean;
}

export interface StudyContext extends EncodeContext {
  readonly engine: Engine;
  readonly backbone: () => Promise<FrozenBackbone>;
}

/** What ranks before any training. */
export function recipeOf({ isUpright }: Pick<SetCard, 'isUpright'>): ReadOutVariant {
  return { view: isUpright ? 'upright' : 'turned', blocks: 'stage', weak: 0 };
}

/** The recipe first, then what differs from it in one thing. */
function variantsOf(card: SetCard): ReadOutVariant[] {
  const recipe = recipeOf(card);
  return [
    recipe,
    { ...recipe, weak: 1 },
    { ...recipe, blocks: 'means' },
    { ...recipe, blocks: 'parts' },
    { ...recipe, view: recipe.view === 'turned' ? 'upright' : 'turned' },
  ];
}

/** A network with the views of a set; of stains several, one a channel. */
interface Method {
  readonly name: string;
  /** By seed, because the control's weights depend on it. */
  readonly encoded: (seed: number) => Promise<readonly EncodedSet[]>;
  readonly stages: readonly string[];
  /** Studied with the recipe's read-out alone. */
  readonly isControl: boolean;
}

/** Figures of every task and seed. Types with too few images for a seed are left out. */
export async function* studyFrozen(
  set: StudySet,
  plan: FrozenPlan,
  context: StudyContext,
): AsyncGenerator<StudyFigure, void, undefined> {
  const described = joinedRows([...baselineRows(set.pixels)]);
  const methods = await methodsOf(set, context);
  const variants = variantsOf(set.card);
  const recipe = variants[0]!;
  const hasTogether = Object.keys(set.card.together).length > 0;
  for (const { name: normal, normal: types } of tasksOf(set, plan.tasks)) {
    // Types beside those that are normal together: the recipe alone.
    const isShort = plan.isShort || (hasTogether && types.length === 1);
    for (const seed of plan.seeds) {
      const split = splitOf(set, types, seed, plan.most);
      if (split === null) continue;
      const asked = askedOf(split);
      const about = { set: set.name, normal, seed };
      const floor = baselineScores(described, set.images.length, split, asked);
      yield { ...about, method: 'thumbnail', score: '5-NN', ...asked.figures(floor) };
      for (const { name, encoded, stages, isControl } of methods) {
        const sets = await encoded(seed);
        for (const variant of isShort || isControl ? [recipe] : variants) {
          const method = `${name}, ${wordsOf(variant)}`;
          const distances = distancesOf(sets, split.train, asked.indices, variant);
          const scores = scoresOf(distances, stages);
          if (variant === recipe) {
            const spread = crossFitted(sets, split.train, variant, byStage);
            const even = standardised(byStage(distances), spread);
            scores['standardised sum'] = summed(even);
            scores['soft maximum'] = softMaximum(even);
            scores['largest'] = even.rows.map((row) => Math.max(...row));
          }
          for (const [score, values] of Object.entries(scores)) {
            yield { ...about, method, score, ...asked.figures(values) };
          }
        }
      }
    }
  }
}

async function methodsOf(set: StudySet, context: StudyContext): Promise<Method[]> {
  const { outputs } = (await context.backbone()).card;
  const stages = outputs.map(({ name }) => name);
  const whole = await encodeFrozen(set, context.backbone, context);
  const frozen = { stages, isControl: false };
  const methods: Method[] = [];
  if (set.card.areStains) {
    const channels: EncodedSet[] = [];
    for (let channel = 0; channel < set.card.channels; channel++) {
      channels.push(await encodeFrozen(set, context.backbone, context, channel));
    }
    const joined = [{ plain: joinedStages(channels.map(({ plain }) => plain)), weak: [] }];
    methods.push(
      { name: 'frozen, channels', encoded: () => Promise.resolve(channels), ...frozen },
      {
        name: 'frozen, channels joined',
        encoded: () => Promise.resolve(joined),
        ...{ stages, isControl: true },
      },
    );
  }
  const name = set.card.areStains ? 'frozen, as colour' : 'frozen';
  methods.push({ name, encoded: () => Promise.resolve([whole]), ...frozen });
  methods.push({
    name: 'random ResNet-18',
    encoded: async (seed) => [await encodeRandom(set, 32, seed, context)],
    stages: ['stage1', 'stage2', 'stage3', 'stage4'],
    isControl: true,
  });
  return methods;
}

function wordsOf({ view, blocks, weak }: ReadOutVariant): string {
  const whitened = { stage: 'mean + deviation', means: 'mean', parts: 'mean, deviation apart' }[
    blocks
  ];
  return `${view}, ${whitened}${weak > 0 ? `, ${weak} weak` : ''}`;
}

/** Each stage alone, their sum, and of five also the sum without the last. */
function scoresOf(distances: Distances, stages: readonly string[]): Record<string, number[]> {
  const alone = stages.map((name, stage): [string, number[]] => [
    name,
    summed(distances, (other) => other === stage),
  ]);
  const most = stages.length > 4 ? { 'sum without last': summed(distances, (s) => s < 4) } : {};
  return { ...Object.fromEntries(alone), ...most, sum: summed(distances) };
}

function baselineScores(
  described: Float32Array,
  count: number,
  { train }: Split,
  { indices }: Asked,
): number[] {
  const length = described.length / count;
  const row = (index: number) => described.subarray(index * length, (index + 1) * length);
  const bank = joinedRows(train.map(row));
  return indices.map((index) => baselineScore(row(index), bank));
}
