// Finds out whether onnxruntime's blocked operators work on this machine. They are made for its own
// use and differ between processors, so nothing is assumed: the block is read from what the reorder
// operator does, and a small net has to train and score alike on blocked and on plain tensors.

import * as ort from 'onnxruntime-node';
import { ProgramBuilder } from '../ir/builder.ts';
import type { Program } from '../ir/program.ts';
import { lowerBlocked } from '../lower/blocked/lower.ts';
import type { LoweredProgram } from '../lower/lowered-program.ts';
import { lowerPlain } from '../lower/plain/lower.ts';
import { blockedDomain, OnnxGraph } from '../onnx/graph.ts';
import type { Tensors } from '../engine.ts';
import { seededTensors, smallNet } from '../ir/small-net.ts';
import { ScoringSession } from './scoring-session.ts';
import { sessionOptions } from './session-options.ts';
import { TrainingSession } from './training-session.ts';

/** The block, or null and what is wrong, in words that follow "because". */
export type BlockedSupport =
  | { readonly block: number; readonly fault: null }
  | { readonly block: null; readonly fault: string };

/** What a test may replace by something broken. */
export interface BlockedParts {
  readonly lower: typeof lowerBlocked;
  /** The result of ReorderInput on `values` as [1, channels, 1, width]. */
  readonly reorder: (values: Float32Array, shape: readonly number[]) => Promise<Float32Array>;
}

const tolerance = 1e-3;

let found: Promise<BlockedSupport> | undefined;

/** As findBlockedSupport, once a process. */
export function blockedSupport(): Promise<BlockedSupport> {
  found ??= findBlockedSupport({ lower: lowerBlocked, reorder });
  return found;
}

export async function findBlockedSupport(parts: BlockedParts): Promise<BlockedSupport> {
  try {
    const block = await findBlock(parts.reorder);
    if (block === null) return { block, fault: 'the processor has no blocks of 8 or 16 channels' };
    const fault = await findDifference(parts.lower, block);
    return fault === null ? { block, fault } : { block: null, fault };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { block: null, fault: `onnxruntime cannot run blocked operators here: ${message}` };
  }
}

export async function reorder(
  values: Float32Array,
  shape: readonly number[],
): Promise<Float32Array> {
  const graph = new OnnxGraph();
  graph.node(`${blockedDomain}::ReorderInput`, ['x'], {}, 'y');
  const model = graph.finish([{ name: 'x', shape }], [{ name: 'y', shape }]);
  const session = await ort.InferenceSession.create(model, sessionOptions(1, 'disabled'));
  try {
    const results = await session.run({ x: new ort.Tensor('float32', values, [...shape]) });
    return (results['y']!.data as Float32Array).slice();
  } finally {
    await session.release();
  }
}

/** Reorders numbered values and looks where they went: 32 channels of 3 positions. */
async function findBlock(run: BlockedParts['reorder']): Promise<8 | 16 | null> {
  const [channels, width] = [32, 3];
  const counted = Float32Array.from({ length: channels * width }, (_, index) => index);
  const moved = await run(counted, [1, channels, 1, width]);
  const isOf = (block: number): boolean =>
    moved.length === counted.length &&
    moved.every((value, index) => {
      const lane = index % block;
      const position = Math.floor(index / block) % width;
      const first = Math.floor(index / (block * width)) * block;
      return value === (first + lane) * width + position;
    });
  return ([16, 8] as const).find(isOf) ?? null;
}

/**
 * Trains and scores with a small net both ways; null when they agree, else what differs. A value within
 * rounding of a ReLU's kink may fall on either side of it and then shows in the gradients; that does
 * not happen with every seed, whereas a wrong operator is wrong with each.
 */
async function findDifference(lower: BlockedParts['lower'], block: number): Promise<string | null> {
  let difference: string | null = null;
  for (const seed of [1, 2, 3]) {
    difference = await differenceWith(lower, block, seed);
    if (difference === null) return null;
  }
  return difference;
}

async function differenceWith(
  lower: BlockedParts['lower'],
  block: number,
  seed: number,
): Promise<string | null> {
  const program = testProgram('train');
  const plain = await twoSteps(program, lowerPlain(program), seed);
  const blocked = await twoSteps(program, lower(program, block), seed);
  const culprit = Object.keys(plain).find((name) => !alike(blocked[name]!, plain[name]!));
  if (culprit !== undefined) return `blocked operators compute another ${culprit}`;

  const scoring = testProgram('score');
  const expected = await score(scoring, (state) => lowerPlain(scoring, state), seed);
  const found = await score(scoring, (state) => lower(scoring, block, state), seed);
  return alike(found, expected) ? null : 'blocked operators score otherwise';
}

/** Wide enough that every kind of blocked convolution is in it. */
function testProgram(mode: 'train' | 'score'): Program {
  const builder = new ProgramBuilder(mode);
  const { loss, features } = smallNet(builder, { width: 32, size: 16, batch: 32, pool: true });
  if (mode === 'score') return builder.scoring({ features });
  const optimiser = { name: 'sgd', momentum: 0.9, weightDecay: 5e-4, trust: 0 } as const;
  return builder.training(loss, { loss }, optimiser);
}

async function score(
  program: Program,
  lower: (state: Tensors) => LoweredProgram,
  seed: number,
): Promise<Float32Array> {
  const { state, inputs } = seededTensors(program, seed);
  const session = new ScoringSession(program, lower, sessionOptions(1, 'basic'));
  try {
    await session.writeState(state);
    return (await session.run(inputs))['features']!.slice();
  } finally {
    await session.release();
  }
}

async function twoSteps(program: Program, lowered: LoweredProgram, seed: number): Promise<Tensors> {
  const { state, inputs } = seededTensors(program, seed);
  const session = await TrainingSession.create(program, lowered, sessionOptions(1, 'disabled'));
  try {
    await session.writeState(state);
    await session.run(inputs);
    const { loss } = await session.run(inputs);
    return { loss: loss!.slice(), ...(await session.readState()) };
  } finally {
    await session.release();
  }
}

function alike(ours: Float32Array, theirs: Float32Array): boolean {
  let difference = 0;
  let size = 0;
  theirs.forEach((value, index) => {
    difference += (ours[index]! - value) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(difference) <= tolerance * Math.sqrt(size) + 1e-6;
}
