// The task `timeStep`: measures the time of a training step and of scoring here, on random images.

import { RandomStream, purpose } from '#domain/random.ts';
import { resolveSettings } from '#domain/run-settings.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { chooseEngine } from '#engine/doctor.ts';
import type { Session, Tensors } from '#engine/engine.ts';
import type { Program } from '#engine/ir/program.ts';
import { elementCount } from '#engine/ir/program.ts';
import { initialState } from '#ml/networks/initial-weights.ts';
import { describeScoring } from '#ml/score.ts';
import { describeTraining } from '#ml/train.ts';
import type { StepTiming, TimeStepTask } from '../../timing.ts';
import type { TaskContext } from '../task.ts';
import { Turns } from '../task.ts';

/** Warm-up steps, not timed. */
const warmUp = 2;

/** Medians over `task.steps` steps of published OECL: half of the images normal, half outliers. */
export async function timeStep(task: TimeStepTask, { stop }: TaskContext): Promise<StepTiming> {
  const { width, size, images, threads, steps } = task;
  const overrides = { width, inputSize: size, batch: images / 4, outlierBatch: images / 4 };
  const settings = resolveSettings({
    preset: 'paper',
    specimen: 'stained',
    method: 'oecl',
    overrides,
  });
  const engine = await chooseEngine(task.engine, threads);
  const training = describeTraining('oecl', settings, 3);
  const state = initialState(training, 0);
  const scoring = describeScoring(settings, 3, images);
  const turns = new Turns();

  const median = async (program: Program): Promise<number> => {
    const session: Session = await engine.compile(program);
    await session.writeState(stateOf(program, state));
    const inputs = randomInputs(program);
    const times: number[] = [];
    for (let step = 0; step < warmUp + steps; step++) {
      throwIfStopped(stop);
      await turns.give();
      const start = performance.now();
      await session.run(inputs);
      if (step >= warmUp) times.push(performance.now() - start);
    }
    await session.release();
    return middle(times);
  };
  const stepMilliseconds = await median(training);
  const scoreImagesPerSecond = (1000 * images) / (await median(scoring));
  return { engine: engine.name, device: engine.device, stepMilliseconds, scoreImagesPerSecond };
}

function stateOf(program: Program, all: Tensors): Tensors {
  return Object.fromEntries(program.state.map(({ name }) => [name, all[name]!]));
}

/** Uniform in 0 … 1; a learning rate and weights that keep the numbers finite. */
function randomInputs(program: Program): Tensors {
  return Object.fromEntries(
    program.inputs.map(({ name, value }, index) => {
      const stream = new RandomStream(0, purpose.sample, index);
      const values = new Float32Array(elementCount(value.shape));
      if (name === 'learningRate') values.fill(0.01);
      else for (let i = 0; i < values.length; i++) values[i] = stream.uniform();
      return [name, values];
    }),
  );
}

function middle(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
