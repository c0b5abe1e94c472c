// A graphics card that is lost while a training is estimated, or shifts are measured: the processor does it
// instead, and the answer says so. The driver really fails (test/support/faulty-gpu.ts).

import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Worker } from '#worker/spawn.ts';
import { hasFaultyGpu, preferGpu, useFaultyGpu, type FaultyGpu } from '../../support/faulty-gpu.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import { copyOf, makeTrained, openProject, smallTraining } from '../../integration/core/project.ts';

const newFolder = tempFolders();

/** The core keeps its workers to itself: here they are looked at as they start. */
const core = vi.hoisted((): { onWorker?: (worker: Worker) => void } => ({}));
vi.mock('#worker/spawn.ts', async (original) => {
  const { spawnWorker } = await original<{ spawnWorker: () => Worker }>();
  return {
    spawnWorker: () => {
      const worker = spawnWorker();
      core.onWorker?.(worker);
      return worker;
    },
  };
});

describe.runIf(hasFaultyGpu)('a graphics card that fails', { timeout: 600_000 }, () => {
  let gpu: FaultyGpu;
  let template: string;
  /** Those that computed, in their order. */
  let engines: string[];

  beforeAll(async () => {
    template = await makeTrained(newFolder(), { normal: 48, anomalous: 6, outliers: 8 }, 6, 8);
    gpu = useFaultyGpu();
    await preferGpu(smallTraining.overrides.threads);
  });

  beforeEach(() => {
    gpu.heal();
    engines = [];
    core.onWorker = ({ client }) => {
      client.on('computing', ({ engine }) => {
        engines.push(engine);
        if (engine === 'webgpu') gpu.lose();
      });
    };
  });

  const failedAnd = (what: string) => [
    expect.stringMatching(
      `SwiftShader.* stopped working.* The webgpu engine failed, and ${what} on the processor\\.$`,
    ) as string,
  ];

  it('while a training is estimated leaves the processor’s time', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const estimate = await client.call('runs.estimate', { ...smallTraining, engine: 'webgpu' });
    expect(engines).toEqual(['webgpu', 'cpu']);
    expect(estimate).toMatchObject({ engine: 'cpu', steps: 20 });
    expect(estimate.warnings).toEqual(failedAnd('the steps were timed'));
  });

  it('while shifts are measured leaves the processor’s measures', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const ask = () =>
      client.call('shifts.advise', {
        ...{ dataset: 'cells', shifts: [{ name: 'rotate' }], withModel: true },
      });
    const advice = await ask();
    expect(engines).toEqual(['webgpu', 'cpu']);
    expect(advice.warnings).toEqual(failedAnd('the shifts were measured'));
    gpu.heal();
    core.onWorker = ({ client }) => client.on('computing', ({ engine }) => engines.push(engine));
    engines = [];
    const sound = await ask();
    expect(engines).toEqual(['webgpu']);
    expect(sound.warnings).toEqual([]);
    expect(sound.model!.separability[0]).toBeCloseTo(advice.model!.separability[0]!, 1);
  });
});
