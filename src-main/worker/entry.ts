// The worker process: answers the core over the process link, one task at a time, and ends when the
// core does. It knows files and numbers, neither the database nor the user.

import { Failure } from '#domain/failure.ts';
import { memoryFailure } from '#domain/out-of-memory.ts';
import type { Stop } from '#domain/stop.ts';
import { diagnose } from '#engine/doctor.ts';
import { bugText, serveParent } from '#processes/serve-parent.ts';
import type { HandlersOf } from '#rpc/method.ts';
import { inputChecker } from '#rpc/method.ts';
import { runAdvice } from './tasks/advise-task.ts';
import { runBackboneFeatures, tryBackbone } from './tasks/frozen/backbone-task.ts';
import { workerProtocol } from './contract.ts';
import { runFeatureBaseline } from './tasks/frozen/feature-baseline-task.ts';
import { runFeatures } from './tasks/features-task.ts';
import { runClusters } from './tasks/cluster-task.ts';
import { runFitHeat, runHeat } from './tasks/heat/heat-task.ts';
import { runEstimate } from './tasks/estimate-task.ts';
import { runBaseline } from './tasks/baseline-task.ts';
import { workerMethods } from './inputs.ts';
import { runRandomBaseline } from './tasks/random-baseline-task.ts';
import { runRefit } from './tasks/refit/refit-task.ts';
import { scoreRows } from './tasks/score-rows-task.ts';
import { runOutlierBudget } from './tasks/frozen/outlier-budget-task.ts';
import { runScoring } from './tasks/score-task.ts';
import type { TaskContext } from './tasks/task.ts';
import { runShift } from './tasks/shift-task.ts';
import { timeAugment } from './tasks/timing/time-augment-task.ts';
import { timeStep } from './tasks/timing/time-step-task.ts';
import { runTraining } from './tasks/train-task.ts';
import { runValidation } from './tasks/validate-task.ts';

let isBusy = false;

/** A handler that refuses to run beside another, and reports it when memory runs out. */
function alone<Input, Output>(
  run: (input: Input, context: TaskContext) => Promise<Output>,
): (input: Input, stop: Stop) => Promise<Output> {
  return async (input, stop) => {
    if (isBusy) {
      throw new Failure('bad-input', 'The worker runs one task at a time and is busy.');
    }
    isBusy = true;
    try {
      return await run(input, { stop, emit: (name, data) => server.emit(name, data) });
    } catch (error) {
      throw memoryFailure(error);
    } finally {
      isBusy = false;
    }
  };
}

const handlers: HandlersOf<typeof workerMethods> = {
  describe: alone(async () => ({ protocol: workerProtocol, engines: await diagnose() })),
  train: alone(runTraining),
  score: alone(runScoring),
  baseline: alone(runBaseline),
  randomBaseline: alone(runRandomBaseline),
  features: alone(runFeatures),
  refit: alone(runRefit),
  scoreRows: alone(scoreRows),
  tryBackbone: alone(tryBackbone),
  backboneFeatures: alone(runBackboneFeatures),
  featureBaseline: alone(runFeatureBaseline),
  fitHeat: alone(runFitHeat),
  heat: alone(runHeat),
  clusters: alone(runClusters),
  timeStep: alone(timeStep),
  timeAugment: alone(timeAugment),
  estimate: alone(runEstimate),
  advise: alone(runAdvice),
  validate: alone(runValidation),
  outlierBudget: alone(runOutlierBudget),
  shift: runShift,
};

/** The stack goes to the error output, which the core keeps; the caller gets the message. */
function reportBug(error: unknown): string {
  process.stderr.write(`${bugText(error)}\n`);
  return `The worker failed: ${error instanceof Error ? error.message : String(error)}`;
}

const server = serveParent({ handlers, parse: inputChecker(workerMethods), onBug: reportBug });
