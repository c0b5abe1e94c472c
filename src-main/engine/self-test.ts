// The self-test: three training steps of a small net whose losses and gradient sizes are known. An
// engine that fails it is not offered.

import type { Engine } from './engine.ts';
import { ProgramBuilder } from './ir/builder.ts';
import type { Program } from './ir/program.ts';
import { recordedSteps, type SelfTestStep } from './self-test-record.ts';
import { seededTensors, smallNet } from './ir/small-net.ts';

const tolerance = 2e-3;

/** The program of the self-test: convolutions at both strides, batch normalisation, pool, losses. */
function selfTestProgram(): Program {
  const builder = new ProgramBuilder('train');
  const { loss } = smallNet(builder, { width: 4, size: 16, batch: 8, pool: true });
  const optimiser = { name: 'sgd', momentum: 0.9, weightDecay: 5e-4, trust: 0 } as const;
  return builder.training(loss, { loss }, optimiser);
}

/** Runs the steps on an engine. */
export async function runSelfTest(engine: Engine): Promise<SelfTestStep[]> {
  const program = selfTestProgram();
  const { state, inputs } = seededTensors(program, 1);
  const session = await engine.compile(program);
  await session.writeState(state);
  const steps: SelfTestStep[] = [];
  for (let step = 0; step < recordedSteps.length; step++) {
    const { loss, gradientSquares } = await session.run(inputs);
    steps.push({ loss: loss![0]!, gradientSquares: [...gradientSquares!] });
  }
  await session.release();
  return steps;
}

/** null when the engine passes, else what is wrong, in words. */
export async function selfTestFault(engine: Engine): Promise<string | null> {
  let steps: SelfTestStep[];
  try {
    steps = await runSelfTest(engine);
  } catch (error) {
    return `it cannot run the self-test: ${error instanceof Error ? error.message : String(error)}`;
  }
  const names = selfTestProgram().training!.parameters.map(({ name }) => name);
  for (const [index, recorded] of recordedSteps.entries()) {
    const { loss, gradientSquares } = steps[index]!;
    const culprit = recorded.gradientSquares.findIndex((expected, parameter) =>
      differs(gradientSquares[parameter]!, expected),
    );
    if (culprit >= 0) return `the gradient of ${names[culprit]} is wrong at step ${index + 1}`;
    if (differs(loss, recorded.loss)) {
      return `the loss at step ${index + 1} is ${loss}, not ${recorded.loss}`;
    }
  }
  return null;
}

/** Gradients that are nothing but rounding (a bias before batch normalisation) are not compared. */
function differs(value: number, expected: number): boolean {
  return !(Math.abs(value - expected) <= tolerance * Math.abs(expected) + 1e-7);
}
