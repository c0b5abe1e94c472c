// The networks that are studied without training: a frozen backbone and random weights, and the views of
// an image that each is given.

import { resolveSettings, type RunSettings } from '#domain/run-settings.ts';
import type { Engine, Tensors } from '#engine/engine.ts';
import { initialState } from '#ml/networks/initial-weights.ts';
import { stageLengths } from '#ml/read-out/stages.ts';
import { describeScoring, readPlainViews } from '#ml/score.ts';
import type { PixelSet } from '#ml/pixels.ts';
import {
  backboneFeatures,
  drawPlain,
  drawWeak,
  kept,
  type DrawView,
  type Features,
  type FrozenBackbone,
} from './features.ts';
import { picked, type StudySet } from './study-sets.ts';

/** Weakly augmented copies of each image whose features are kept. */
const weakCopies = 1;

/** Features of the plain view and of the weakly augmented ones. */
export interface EncodedSet {
  readonly plain: Features;
  readonly weak: readonly Features[];
}

export interface EncodeContext {
  readonly engine: Engine;
  /** Takes cached features. */
  readonly cache: string;
  readonly note: (text: string) => void;
}

/** `channel`: of a set of stains, this one as a grey picture. `copies`: weakly augmented ones. */
export async function encodeFrozen(
  set: StudySet,
  backbone: () => Promise<FrozenBackbone>,
  { cache, note }: EncodeContext,
  channel?: number,
  copies = weakCopies,
): Promise<EncodedSet> {
  const { hash } = await backbone();
  const part = channel === undefined ? '' : `-channel${channel}`;
  const read = (view: string, draw: DrawView) =>
    kept(cache, `${set.name}${part}-frozen-${hash}-${view}`, async () => {
      note(`${set.name}${part}: features of the frozen backbone, ${view} view`);
      const pixels =
        channel === undefined ? set.pixels : picked(set.pixels, [...set.images.keys()], channel);
      return await backboneFeatures(await backbone(), pixels, draw);
    });
  const plain = await read('plain', drawPlain);
  const weak: Features[] = [];
  for (let copy = 1; copy <= copies; copy++) {
    weak.push(await read(`weak${copy}`, drawWeak(copy)));
  }
  return { plain, weak };
}

/** Settings of a network of one's own in the study. */
function ownSettings(inputSize: number): RunSettings {
  const overrides = { width: 16, inputSize };
  return resolveSettings({ preset: 'quick', specimen: 'stained', method: 'simclr', overrides });
}

/** Random weights, the control: seeds differ in them. */
export async function encodeRandom(
  set: StudySet,
  inputSize: number,
  seed: number,
  { engine, cache, note }: EncodeContext,
): Promise<EncodedSet> {
  const settings = ownSettings(inputSize);
  const plain = await kept(cache, `${set.name}-random${inputSize}-seed${seed}-plain`, async () => {
    note(`${set.name}: features of random weights, seed ${seed}`);
    const state = initialState(describeScoring(settings, set.pixels.channels, 16), seed);
    return await networkFeatures(engine, state, set.pixels, settings);
  });
  return { plain, weak: [] };
}

/** Of a network of one's own: the read-out's features of all images. */
async function networkFeatures(
  engine: Engine,
  state: Tensors,
  pixels: PixelSet,
  settings: RunSettings,
): Promise<Features> {
  const read = async (turns: 1 | 4) =>
    (await readPlainViews(engine, state, pixels, settings, undefined, undefined, turns)).pooled;
  return { upright: await read(1), turned: await read(4), lengths: stageLengths(settings) };
}
