// A whole small training on WebGPU, on a software driver: the losses of its steps and the order of the
// scores after them are the CPU's.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, it } from 'vitest';
import type { Engine } from '#engine/engine.ts';
import { openGpuEngine } from '#engine/onnxruntime/gpu-engines.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { sizes } from '../../support/sizes.ts';
import { hasSoftwareGpu, useSoftwareGpu } from '../../support/software-gpu.ts';
import { expectSameTraining, oneBatch, trainAndScore } from '../one-batch.ts';

describe.runIf(hasSoftwareGpu)('a training on WebGPU', { timeout: 600_000 }, () => {
  let webgpu: Engine;

  beforeAll(async () => {
    useSoftwareGpu();
    const cacheFolder = mkdtempSync(join(tmpdir(), 'normscope-gpu-'));
    webgpu = await openGpuEngine('webgpu', { cacheFolder, weightGradientWay: 'products' });
  });

  it(`of ${sizes.gpuNetwork} has the losses of the CPU for ${sizes.gpuSteps} steps, and ranks images alike`, async () => {
    const batch = oneBatch({ side: 16, method: 'oecl', network: sizes.gpuNetwork });
    const theirs = await trainAndScore(cpuEngine(1), batch, sizes.gpuSteps);
    expectSameTraining(await trainAndScore(webgpu, batch, sizes.gpuSteps), theirs);
  });
});
