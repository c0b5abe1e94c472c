// Comparing methods: runs of each on one snapshot, scores chosen by validation, paired tests; stopped, resumed,
// opened again. Real workers, the bundled backbone.

import { beforeAll, describe, expect, it } from 'vitest';
import { tempFolders } from '../../../support/temp-folder.ts';
import {
  copyOf,
  ended,
  makeTemplate,
  openProject,
  smallTraining,
  succeeded,
  untilEvent,
} from '../project.ts';

const newFolder = tempFolders();
const counts = { normal: 48, anomalous: 12, outliers: 8 };

const { network, width, inputSize, batch, outlierBatch, threads } = smallTraining.overrides;
const overrides = { network, width, inputSize, batch, threads, views: 2 };
const asked = {
  dataset: 'cells',
  engine: 'cpu' as const,
  methods: ['patchcore', 'hsc'] as const,
  overrides,
};

describe('a comparison of methods', () => {
  let template: string;
  beforeAll(async () => {
    template = await makeTemplate(newFolder(), counts);
  });

  it('trains each on the same images, and ranks them with a control and paired tests', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const methods = [...asked.methods];
    const { id, jobId } = await client.call('comparisons.start', {
      ...{ ...asked, methods, seeds: 2, steps: 4 },
      overrides: { ...overrides, outlierBatch, coreset: 40 },
    });
    await succeeded(client, jobId);
    const { plan, runs, result, state, share } = await client.call('comparisons.show', { id });
    expect({ state, share }).toEqual({ state: 'succeeded', share: 1 });
    expect(runs.map(({ method, seed }) => `${method} ${seed}`)).toEqual(
      methods.flatMap((method) => [`${method} 0`, `${method} 1`]),
    );
    const all = await client.call('runs.list', {});
    expect(new Set(all.map(({ snapshotHash }) => snapshotHash))).toEqual(
      new Set([plan.snapshotHash]),
    );
    expect(plan.methods.map(({ steps }) => steps)).toEqual([0, 4]);
    expect(all.filter(({ stepsTotal }) => stepsTotal === 4)).toHaveLength(2);

    const { rows, pairs, basis, test, validation, winner, sentence } = result!;
    expect(basis).toBe('shifts');
    expect(test).toEqual({ normal: 9, anomalous: 12 });
    expect(validation.normal).toBeGreaterThanOrEqual(8);
    expect(rows.map(({ method }) => method).sort()).toEqual([...methods, 'random weights'].sort());
    expect(rows.map(({ auroc }) => auroc)).toEqual(
      rows.map(({ auroc }) => auroc).sort((a, b) => b - a),
    );
    for (const row of rows) {
      expect(row.ofSeeds).toHaveLength(2);
      expect(row.auroc).toBeCloseTo((row.ofSeeds[0]! + row.ofSeeds[1]!) / 2, 12);
    }
    // The chosen score has the figure that an evaluation gives it.
    const one = rows.find(({ method }) => method === 'hsc')!;
    const run = runs.find(({ method, seed }) => method === 'hsc' && seed === 1)!;
    await client
      .call('scores.compute', { modelId: run.modelId!, dataset: 'cells', engine: 'cpu' })
      .then(async (job) => succeeded(client, job.jobId));
    const evaluation = await client.call('scores.evaluate', {
      ...{ modelId: run.modelId!, dataset: 'cells' },
    });
    expect(one.ofSeeds[1]).toBeCloseTo(evaluation.scores[one.score]!.auroc, 12);
    expect(pairs).toHaveLength(3);
    for (const { p, corrected, difference } of pairs) {
      expect(difference).toBeGreaterThanOrEqual(0);
      expect(corrected).toBeGreaterThanOrEqual(p);
    }
    expect(winner === null || winner === rows[0]!.method).toBe(true);
    expect(sentence).toMatch(/ranks best|No significant winner|No method is better/);
    expect(await client.call('comparisons.list', {})).toMatchObject([{ id, result }]);
  });

  it('is cancelled with its runs, resumed, and concluded without a run that was deleted', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const wanted = { ...asked, methods: ['frozen' as const, 'csi' as const], steps: 400 };
    const { id, jobId } = await client.call('comparisons.start', wanted);
    await untilEvent(client, 'run.step');
    expect(await client.call('comparisons.cancel', { id })).toEqual({ state: 'stopped' });
    expect((await ended(client, jobId)).state).toBe('stopped');
    const stopped = await client.call('comparisons.show', { id });
    expect(stopped.runs.map(({ state }) => state)).toEqual(['succeeded', 'stopped']);
    expect(stopped.share).toBeGreaterThan(1 / 3);
    await client.call('runs.delete', { runId: stopped.runs[1]!.runId });
    const again = await client.call('comparisons.resume', { id });
    await succeeded(client, again.jobId);
    const { result, runs } = await client.call('comparisons.show', { id });
    expect(runs[1]!.state).toBeNull();
    expect(result!.rows.map(({ method }) => method).sort()).toEqual(['frozen', 'random weights']);
    expect(result!.warnings).toEqual([
      `Run ${runs[1]!.runId} (CSI, seed 0) was deleted, and is not compared.`,
    ]);
    await expect(client.call('comparisons.resume', { id })).rejects.toThrow('is finished');
    await client.call('comparisons.delete', { id });
    expect(await client.call('comparisons.list', {})).toEqual([]);
    expect(await client.call('runs.list', {})).toHaveLength(1);
  });

  it('refuses what cannot be compared before a run is stored', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const start = (change: object) =>
      client.call('comparisons.start', { ...asked, methods: ['csi', 'hsc'], ...change });
    await expect(start({ overrides: { rankBy: 'stages' } })).rejects.toThrow('Leave rankBy out');
    await expect(start({ overrides: { coreset: 40 } })).rejects.toThrow('has a setting "coreset"');
    await expect(start({ methods: ['csi', 'csi'] })).rejects.toThrow('named twice');
    await expect(start({ steps: 4, minutes: 1 })).rejects.toThrow('exclude each other');
    await expect(start({ methods: ['csi', 'oecl'] })).rejects.toThrow('needs outliers');
    await expect(start({ dataset: 'pack' })).rejects.toThrow('with the split calibrate');
    expect(await client.call('runs.list', {})).toEqual([]);
  });

  it('turns minutes into steps by the time of a step of each method', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const started = await client.call('comparisons.start', {
      ...{ ...asked, methods: ['frozen', 'hsc', 'csi'], minutes: 1 },
    });
    await client.call('comparisons.cancel', { id: started.id });
    const { plan } = await client.call('comparisons.show', { id: started.id });
    const [frozen, hsc, csi] = plan.methods.map(({ steps }) => steps);
    expect(plan.budget).toEqual({ minutes: 1 });
    expect(frozen).toBe(0);
    expect(hsc).toBeGreaterThan(0);
    expect(csi).toBeGreaterThan(0);
  });
});
