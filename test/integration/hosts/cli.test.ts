import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { coreMethods, CoreEvents, Evaluation, RunDetails } from '#contract/core.ts';
import { connectToOwner } from '#core/project/control-socket.ts';
import { connect } from '#rpc/connect.ts';
import type { CallsOf } from '#rpc/method.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import { drawPictures } from '../core/pictures.ts';
import { cli, cliJson, startCli } from './cli-process.ts';

const tempFolder = tempFolders();
const wrapper = fileURLToPath(
  new URL('../../../src-main/hosts/cli/normscope.cjs', import.meta.url),
);

const net = ['network=conv4', 'width=4', 'inputSize=16'];
const settings = [...net, 'batch=8', 'outlierBatch=8', 'views=2', 'threads=1'];
const small = [...settings, 'falseAlarms=0.2'].flatMap((setting) => ['--set', setting]);
const data = ['--dataset', 'cells', '--outliers', 'pack=2', '--shift', 'cut-mix=0.7'];
// `auto` would time each program on each engine that is installed.
const ranking = [...data, '--engine', 'cpu', ...small];
/** Without a frozen run before. */
const training = [...ranking, '--model-only'];

let folder: string;
let project: string;

beforeAll(async () => {
  folder = tempFolder();
  project = join(folder, 'My cells.normscope');
  await drawPictures(join(folder, 'disc'), 'disc', 60);
  await drawPictures(join(folder, 'cross'), 'cross', 12);
  await drawPictures(join(folder, 'stripes'), 'stripes', 16);
});

describe('from folders to a ranked list', () => {
  it('imports, prints the result, and fails when a file could not be imported', async () => {
    const bad = join(folder, 'cross', 'bad "name"\n\u202egnp.png');
    await writeFile(bad, 'no image');
    const words = ['--role', 'normal', '--dataset', 'cells', '--split', '50/25/25'];
    expect(await cliJson('import', project, join(folder, 'disc'), ...words)).toMatchObject({
      imported: 60,
      duplicates: 0,
      failed: [],
    });
    const cross = ['import', project, join(folder, 'cross'), '--role', 'anomaly'];
    const asJson = await cli(...cross, '--dataset', 'cells', '--json');
    expect({ ...asJson, out: JSON.parse(asJson.out) as unknown }).toMatchObject({
      code: 1,
      out: { imported: 12, failed: [{ path: bad, reason: expect.any(String) as string }] },
      err: '',
    });
    const forPeople = await cli(...cross, '--dataset', 'cells');
    expect(forPeople.code).toBe(1);
    expect(forPeople.out).toContain('Imported 0 new images into "cells"; 12 files seen before.');
    expect(forPeople.out).toContain('1 could not be imported:\n');
    expect(forPeople.out).toContain('bad "name"\\n\\u202egnp.png');
    const typo = ['import', project, join(folder, 'discs'), '--dataset', 'typo'];
    const mistyped = await cli(...typo, '--json');
    expect({ ...mistyped, out: JSON.parse(mistyped.out) as unknown }).toMatchObject({
      code: 1,
      out: { imported: 0, duplicates: 0, failed: [{ path: join(folder, 'discs') }] },
    });
    expect((await cli(...typo)).out).toContain('There is no such file or folder. Check the path.');
    expect(
      await cliJson(
        'import',
        project,
        join(folder, 'stripes'),
        '--role',
        'outlier',
        '--dataset=pack',
      ),
    ).toMatchObject({ imported: 16 });
  });

  it('imports nothing from a folder without images, and reports it', async () => {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    const { code, err } = await cli('import', project, empty, '--dataset', 'cells');
    expect([code, err.includes('There were no images to import.')]).toEqual([1, true]);
  });

  it('refuses a wrong option and names the nearest valid one', async () => {
    const shift = await cli('train', project, '--dataset=cells', '--shift=cut-mx');
    expect(shift.code).toBe(2);
    expect(shift.err).toMatch(
      /^normscope: There is no shift transform "cut-mx"; the nearest is "cut-mix"/,
    );
    const { code, err } = await cli('train', project, ...training, '--set', 'widht=4', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'unknown-option' } });
    const dataset = await cli('train', project, '--dataset', 'cels', '--shift', 'cut-mix');
    expect([dataset.code, dataset.err.includes('the nearest is "cells"')]).toEqual([1, true]);
  });

  it('trains, and prints model, threshold and the next commands', async () => {
    const { code, out, err } = await cli(
      'train',
      project,
      ...training,
      '--set=steps=20',
      '--seed=7',
    );
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(out).toMatch(/^Model 1 is ready: run 1, anchored, 20 steps on CPU/);
    expect(out).toMatch(
      /Threshold: stages anomaly score -?[\d.]+, for a false-alarm budget of 20 %/,
    );
    expect(out).toContain(`normscope evaluate '${project}' --model 1 --dataset cells`);
    expect(err).toContain('Run 1\n');
  });

  it('answers a training with JSON alone', async () => {
    const words = [...training, '--set', 'steps=20', '--seed', '7'];
    expect(await cliJson('train', project, ...words)).toMatchObject({
      ...{ run: 2, model: 2, state: 'succeeded', method: 'anchored', preset: 'quick' },
      ...{ dataset: 'cells', seed: 7, engine: 'cpu', steps: 20, warnings: expect.any(Array) as [] },
      threshold: { scoreName: 'stages', calibratedOn: expect.any(Number) as number },
    });
  });

  it('scores a dataset and lists the strangest', async () => {
    const words = ['score', project, '--model', '1', '--dataset', 'cells', '--top', '3'];
    const { code, out } = await cli(...words);
    expect(code).toBe(0);
    expect(out).toMatch(/^Scored \d+ images; \d+ had scores before\.\n\n/);
    expect(
      out
        .trim()
        .split('\n')
        .slice(2)
        .map((line) => line.trim().split(/\s+/)[0]),
    ).toEqual([...['rank', '1', '2', '3']]);
    expect(await cliJson(...words)).toMatchObject({
      ...{ model: 1, dataset: 'cells', scored: 0, alreadyScored: 72, failed: [] },
      images: [{ anomalyScore: expect.any(Number) as number }, {}, {}],
    });
  });

  it('ranks scored images, with the certificate of the threshold, or as a list', async () => {
    const words = ['rank', project, '--model', '1', '--dataset', 'cells'];
    expect(await cliJson(...words, '--top', '2')).toMatchObject({
      ...{ model: 1, dataset: 'cells', images: [{ flagged: true }, {}] },
      certificates: { all: { atMost95: expect.any(Number) as number }, by: null },
      drift: { alarm: null },
    });
    const { out } = await cli(...words, '--top', '2');
    expect(out).toMatch(
      /\nThreshold [\d.]+: of \d+ held-out normal images \d+ (is|are) flagged; with 95 %/,
    );
    const list = [...words, '--false-share', '90%', '--weight-domains'];
    const { listed, images } = (await cliJson(...list)) as { listed: number; images: unknown[] };
    expect(listed).toBe(images.length);
    expect(listed).toBeGreaterThan(0);
    expect((await cli(...list)).out).toMatch(
      new RegExp(`^${listed} images of \\d+ on the list with at most 90 % false, by stages, `),
    );
    const wrong = await cli(...words, '--false-share', '10');
    expect([wrong.code, wrong.err.includes('a share above 0 and below 1')]).toEqual([2, true]);
  });

  it('prints an evaluation in the JSON format that scripts rely on', async () => {
    const words = ['evaluate', project, '--model', '1', '--dataset', 'cells'];
    const evaluation = (await cliJson(...words)) as Evaluation;
    const metrics = {
      auroc: expect.any(Number) as number,
      auroc95: [expect.any(Number), expect.any(Number)] as unknown as [number, number],
      aupr: expect.any(Number) as number,
      fpr95: expect.any(Number) as number,
    };
    expect(evaluation).toMatchObject({
      ...{ model: 1, dataset: 'cells', groups: [] },
      counts: { normal: expect.any(Number) as number, anomalous: 12 },
      scores: {
        ...{ normOfMean: metrics, meanSquaredNorm: metrics, plainSquaredNorm: metrics },
        ...{ mahalanobis: metrics, nearest5: metrics, cosineTimesNorm: metrics },
      },
    });
    const { out } = await cli(...words);
    expect(out).toMatch(/^Model 1 on "cells": \d+ normal and 12 anomalous images/);
    const [, auroc] = /\nstages \* +([\d.]+)/.exec(out)!;
    expect(auroc).toBe(evaluation.scores['stages']!.auroc.toFixed(3));
  });

  it('scores images given by path in a new dataset', async () => {
    const words = ['score', project, join(folder, 'cross'), '--model', '1', '--top', '2', '--json'];
    const { code, out } = await cli(...words);
    // The file that is no image is still there.
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      dataset: expect.stringMatching(/^cross, scored \d{4}-/) as string,
      ...{ scored: 0, alreadyScored: 12 },
    });
    const neither = await cli('score', project, '--model', '1');
    expect([neither.code, neither.err.includes('either --dataset NAME, or the PATH')]).toEqual([
      ...[2, true],
    ]);
  });

  it('lists runs, and shows one with its settings and epochs', async () => {
    expect(await cliJson('runs', project)).toMatchObject({
      runs: [
        { id: 1, state: 'succeeded', modelId: 1 },
        { id: 2, state: 'succeeded', modelId: 2 },
      ],
    });
    expect((await cli('runs', project)).out).toMatch(/\n +1 {2}succeeded +20\/20 +1 {2}anchored/);
    const details = (await cliJson('show', project, '1')) as RunDetails;
    expect(details).toMatchObject({ id: 1, config: { settings: { width: 4 } } });
    expect(details.epochs.length).toBeGreaterThan(0);
    const { out } = await cli('show', project, '1');
    expect(out).toMatch(/^Run 1\nstate +succeeded, step 20 of 20\n/);
    expect(out).toMatch(/\nsettings.width +4\n/);
    expect(out).toMatch(/\nepoch +step +loss +NT-Xent +normal norm/);
    const missing = await cli('show', project, '99', '--json');
    expect(missing.code).toBe(1);
    expect(JSON.parse(missing.err)).toMatchObject({ error: { code: 'not-found' } });
  });
});

/** The run that does a step now, as a second process learns of it through the control socket. */
async function untilStep(): Promise<number> {
  for (;;) {
    const link = await connectToOwner(project);
    if (!link) {
      await setTimeout(20);
      continue;
    }
    const client = connect<CallsOf<typeof coreMethods>, CoreEvents>(link);
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    client.on('run.step', ({ runId }) => resolve(runId));
    client.onClose(() => resolve(undefined));
    const runId = await promise;
    client.close();
    if (runId !== undefined) return runId;
  }
}

it('ranks with a frozen network before a training, and says which of the two ranks', async () => {
  const { code, out, err } = await cli('train', project, ...ranking, '--set=steps=20');
  expect({ code, err }).toMatchObject({ code: 0 });
  const [, frozen] = /The images are ranked by model (\d+)\. See the list with: /.exec(err)!;
  expect(err).toMatch(/Threshold: frozen anomaly score/);
  expect(out).toMatch(/\n(The trained model|The frozen network) .*ranks.*AUROC of 0\.\d+/);
  const words = ['score', project, '--model', frozen!, '--dataset', 'cells'] as const;
  expect(await cliJson(...words)).toMatchObject({ scored: 0, alreadyScored: 72 });
});

describe('a running training', () => {
  it('is listed and cancelled from a second process, which can also do other work', async () => {
    const first = startCli(['train', project, ...training, '--set', 'steps=1000000']);
    const runId = await untilStep();
    const run = String(runId);
    const { runs } = (await cliJson('runs', project)) as { runs: RunDetails[] };
    expect(runs.at(-1)).toMatchObject({ id: runId, state: 'running', modelId: null });
    const words = [join(folder, 'stripes'), '--dataset', 'late', '--role', 'outlier'];
    expect(await cliJson('import', project, ...words)).toMatchObject({ imported: 16 });
    expect(await cliJson('cancel', project, run)).toEqual({ run: runId, state: 'stopped' });
    const { code, err } = await first.ended;
    expect(code).toBe(130);
    expect(err).toContain(
      `A checkpoint is kept; resume with: normscope resume '${project}' ${run}\n`,
    );
    const again = await cli('cancel', project, run);
    expect(again).toMatchObject({ code: 0, err: '' });
    expect(again.out).toBe(`Run ${run} is not running: its state is "stopped".\n`);
  });

  it('finishes the work of a second command before its process ends', async () => {
    const first = startCli(['train', project, ...training, '--set', 'steps=1000000']);
    const runId = await untilStep();
    const second = startCli(['train', project, ...training, '--set', 'steps=10', '--json']);
    while (((await cliJson('runs', project)) as { runs: RunDetails[] }).runs.at(-1)!.id === runId) {
      await setTimeout(20);
    }
    expect(await cliJson('cancel', project, String(runId))).toMatchObject({ state: 'stopped' });
    const done = await second.ended;
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(done.out)).toMatchObject({ state: 'succeeded', steps: 10 });
    expect((await first.ended).code).toBe(130);
  });

  it('stops at Ctrl+C, and continues with the command that it prints', async () => {
    const first = startCli(['train', project, ...training, '--set', 'steps=500', '--json']);
    const runId = await untilStep();
    first.kill('SIGINT');
    const { code, out, err } = await first.ended;
    expect({ code, out }).toEqual({ code: 130, out: '' });
    expect(JSON.parse(err)).toEqual({
      error: {
        code: 'stopped',
        message: expect.stringContaining('A checkpoint is kept') as string,
      },
    });
    expect(await cliJson('show', project, String(runId))).toMatchObject({ state: 'stopped' });
    expect(await cliJson('resume', project, String(runId))).toMatchObject({
      ...{ run: runId, state: 'succeeded', steps: 500 },
    });
  });

  it('passes on a signal and the exit code through the program that npm installs', async () => {
    const words = ['train', project, ...training, '--set', 'steps=1000000', '--json'];
    const first = startCli(words, wrapper);
    await untilStep();
    first.kill('SIGTERM');
    expect(await first.ended).toMatchObject({ code: 130, out: '' });
  });
});
