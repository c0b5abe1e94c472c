// A small generative adversarial net: two losses over two sets of parameters, for tests of programs that
// have several losses and of sessions that share their state.

import type { OptimiserChoice } from '#engine/ir/builder.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Program, Value } from '#engine/ir/program.ts';

export interface GanOptions {
  readonly generator?: OptimiserChoice;
  readonly discriminator?: OptimiserChoice;
  /** Channels of both nets. */
  readonly channels?: number;
  /** Images of a batch, from each side. */
  readonly batch?: number;
  readonly inMicroBatches?: boolean;
}

const adam = { name: 'adam', beta1: 0.5, beta2: 0.99, epsilon: 1e-8, weightDecay: 0 } as const;
const sgd = { name: 'sgd', momentum: 0.5, weightDecay: 1e-3, trust: 0 } as const;
const noise = 5;
const side = 8;

interface Net {
  readonly parameters: Value[];
  readonly weight: (name: string, shape: readonly number[]) => Value;
}

function net(b: ProgramBuilder, net: string): Net {
  const parameters: Value[] = [];
  const weight = (name: string, shape: readonly number[]): Value => {
    const parameter = b.parameter(`${net}.${name}`, shape);
    parameters.push(parameter);
    return parameter;
  };
  return { parameters, weight };
}

function normalised(b: ProgramBuilder, { weight }: Net, name: string, x: Value): Value {
  const channels = x.shape[1]!;
  const tensors = {
    gamma: weight(`${name}.gamma`, [channels]),
    beta: weight(`${name}.beta`, [channels]),
    mean: b.statistic(`${name}.mean`, [channels]),
    variance: b.statistic(`${name}.variance`, [channels]),
  };
  return b.batchNorm(x, tensors, true);
}

/** Noise [N, 5] → images [N, 3, 8, 8]. */
function generated(b: ProgramBuilder, own: Net, z: Value, channels: number): Value {
  const { weight } = own;
  const rows = b.linear(z, weight('fc', [channels * 16, noise]));
  const seed = b.reshape(rows, [z.shape[0]!, channels, 4, 4]);
  const large = b.upsample(normalised(b, own, 'g.norm', seed), side / 4);
  return b.tanh(b.conv2d(large, weight('conv', [3, channels, 3, 3]), 1, 1));
}

/** Images → one number each, higher for real ones. */
function judged(b: ProgramBuilder, own: Net, images: Value, channels: number): Value {
  const { weight } = own;
  const first = b.leakyRelu(b.conv2d(images, weight('conv1', [channels, 3, 3, 3]), 1, 1), 0.2);
  const second = b.conv2d(first, weight('conv2', [channels, channels, 3, 3]), 2, 1);
  const rows = b.globalAveragePool(normalised(b, own, 'd.norm', second));
  return b.linear(rows, weight('out', [1, channels]), weight('bias', [1]));
}

/** log(1 + eˣ) in a mean: what the logistic losses of both nets are made of. */
function meanSoftplus(b: ProgramBuilder, x: Value): Value {
  const size = b.add(b.relu(x), b.relu(b.mul(x, -1)));
  return b.mean(b.add(b.relu(x), b.log(b.add(b.exp(b.mul(size, -1)), 1))));
}

function parts(b: ProgramBuilder, { channels = 20, batch = 8 }: GanOptions) {
  const [generator, discriminator] = [net(b, 'generator'), net(b, 'discriminator')];
  const real = b.input('real', [batch, 3, side, side]);
  const fake = generated(b, generator, b.input('noise', [batch, noise]), channels);
  const all = judged(b, discriminator, b.concat([real, fake], 0), channels);
  const [onReal, onFake] = [b.slice(all, 0, 0, batch), b.slice(all, 0, batch, 2 * batch)];
  const judges = b.add(meanSoftplus(b, b.mul(onReal, -1)), meanSoftplus(b, onFake));
  const makes = meanSoftplus(b, b.mul(onFake, -1));
  return { generator, discriminator, judges, makes, fake };
}

/** Both losses in one step. */
export function gan(options: GanOptions = {}): Program {
  const b = new ProgramBuilder('train');
  const { generator, discriminator, judges, makes } = parts(b, options);
  return b.trainingGroups(
    [
      {
        name: 'discriminator',
        loss: judges,
        parameters: discriminator.parameters,
        optimiser: options.discriminator ?? sgd,
      },
      {
        name: 'generator',
        loss: makes,
        parameters: generator.parameters,
        optimiser: options.generator ?? adam,
      },
    ],
    { judges, makes },
    options.inMicroBatches,
  );
}

/** A step of one of the two nets; the other's parameters stay as they are. */
export function ganStep(which: 'generator' | 'discriminator', options: GanOptions = {}): Program {
  const b = new ProgramBuilder('train');
  const made = parts(b, options);
  const loss = which === 'generator' ? made.makes : made.judges;
  const optimiser = options[which] ?? (which === 'generator' ? adam : sgd);
  const group = { name: which, loss, parameters: made[which].parameters, optimiser };
  return b.trainingGroups([group], { loss });
}

/** The images that the generator makes, by running statistics. */
export function ganImages(options: GanOptions = {}): Program {
  const b = new ProgramBuilder('score');
  const { channels = 20, batch = 8 } = options;
  const fake = generated(b, net(b, 'generator'), b.input('noise', [batch, noise]), channels);
  return b.scoring({ fake });
}
