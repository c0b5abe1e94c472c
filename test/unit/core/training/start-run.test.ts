import { describe, expect, it } from 'vitest';
import { Failure } from '#domain/failure.ts';
import { resolveSettings } from '#domain/run-settings.ts';
import { readRunConfig } from '#core/runs/run-config.ts';
import { startRun, type StartPorts, type TrainInput } from '#core/training/start-run.ts';
import { findRun, listRuns, runSources, runWarnings } from '#core/store/runs/runs.ts';
import { noon } from '../../../support/catalogue.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import { openCatalogue, put, request, type TrainRequest } from '../scores/small-catalogue.ts';

const newFolder = tempFolders();

/** 20 training normals (1–20), 5 to calibrate (21–25), 5 to test (26–30), 4 anomalies (31–34). */
async function lab(): Promise<StartPorts> {
  const ports = await openCatalogue(newFolder());
  put(ports.database, 'cells', [1, 20], { role: 'normal', split: 'train' });
  put(ports.database, 'cells', [21, 25], { role: 'normal', split: 'calibrate' });
  put(ports.database, 'cells', [26, 30], { role: 'normal', split: 'test' });
  put(ports.database, 'cells', [31, 34], { role: 'anomaly', split: 'test' });
  put(ports.database, 'pack', [101, 110], { role: 'outlier', split: 'train' });
  return ports;
}

function refusal(ports: StartPorts, input: TrainInput): Failure {
  try {
    startRun(input, ports);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

const noise = { shifts: [{ name: 'noise', weight: 1 }] };

describe('startRun', () => {
  it('stores everything that the run was asked to do, frozen', async () => {
    const ports = await lab();
    const input = request({
      ...{ method: 'mixed', preset: 'standard', specimen: 'fluorescence', seed: 2 ** 53 - 1 },
      ...{ overrides: { steps: '300', alpha: 0.5 }, outliers: [{ name: 'pack', weight: 2 }] },
      ...{ shifts: [{ name: 'cut-out', weight: 1 }], engine: 'cpu' },
    });
    const id = startRun(input, ports);
    const run = ports.database.read((reader) => findRun(reader, id))!;
    expect(run).toMatchObject({
      ...{ id: 1, method: 'mixed', preset: 'standard', dataset: 'cells', seed: 2 ** 53 - 1 },
      ...{ engine: 'cpu', device: null, state: 'queued', failure: null, stepsDone: 0 },
      ...{ stepsTotal: null, createdAt: noon, endedAt: null, modelId: null },
      ...{ codeVersion: '1.2.3', pixels: null },
    });
    const chosen = { preset: 'standard', specimen: 'fluorescence', method: 'mixed' } as const;
    const [source] = ports.database.read((reader) => runSources(reader, id));
    const config = readRunConfig(run);
    expect(config).toEqual({
      ...{ dataset: 'cells', snapshotHash: run.snapshotHash, ...chosen },
      ...{ overrides: { steps: '300', alpha: 0.5 }, seed: 2 ** 53 - 1, engine: 'cpu' },
      settings: resolveSettings({ ...chosen, overrides: { steps: 300, alpha: 0.5 } }),
      outliers: [
        { name: 'pack', weight: 2, images: 10, snapshotHash: config.outliers[0]!.snapshotHash },
      ],
      ...{ shifts: [{ name: 'cut-out', weight: 1, strength: 0.5 }], codeVersion: '1.2.3' },
    });
    expect(source).toMatchObject({ name: 'pack', weight: 2 });
    put(ports.database, 'cells', [40, 50], { role: 'normal', split: 'train' });
    expect(ports.database.read((reader) => findRun(reader, id))).toEqual(run);
  });

  it('takes the method of the preset when none is named', async () => {
    const ports = await lab();
    const outliers = [{ name: 'pack', weight: 1 }];
    startRun(request({ preset: 'paper', outliers }), ports);
    startRun(request({ preset: 'quick', outliers }), ports);
    expect(ports.database.read(listRuns).map(({ method }) => method)).toEqual(['oecl', 'anchored']);
  });

  it('takes near shifts where the user named no outliers and the method has room for them', async () => {
    const ports = await lab();
    const shiftsOf = (method: TrainRequest['method']) => {
      const id = startRun(request({ method }), ports);
      const run = ports.database.read((reader) => findRun(reader, id))!;
      return readRunConfig(run).shifts.map(({ name }) => name);
    };
    const near = ['cut-mix', 'cut-out', 'small-paste'];
    expect(shiftsOf('anchored')).toEqual(near);
    expect(shiftsOf('self-oecl')).toEqual(near);
    expect(shiftsOf('simclr')).toEqual([]);
  });

  const cases: readonly [string, Partial<TrainRequest>, string, RegExp][] = [
    ['an unknown dataset', { dataset: 'cell', ...noise }, 'not-found', /"cell".*"cells"/],
    [
      'an unknown outlier source',
      { outliers: [{ name: 'pac', weight: 1 }] },
      'not-found',
      /"pac".*"pack"/,
    ],
    [
      'an unknown shift',
      { shifts: [{ name: 'cutmix', weight: 1 }] },
      'unknown-option',
      /"cut-mix"/,
    ],
    ['an unknown setting', { overrides: { widht: 4 }, ...noise }, 'unknown-option', /"width"/],
    ['a setting out of range', { overrides: { width: 1000 }, ...noise }, 'bad-input', /4 to 256/],
    [
      'a method without its outliers',
      { method: 'oecl' },
      'bad-input',
      /needs outliers: name an outlier source/,
    ],
    [
      'self-OECL with a source',
      {
        method: 'self-oecl',
        shifts: [{ name: 'rotate', weight: 1 }],
        outliers: [{ name: 'pack', weight: 1 }],
      },
      'bad-input',
      /takes no outlier sources/,
    ],
    [
      'SimCLR with outliers',
      { method: 'simclr', outliers: [{ name: 'pack', weight: 1 }] },
      'bad-input',
      /normal images alone/,
    ],
    [
      'outliers that no step would see',
      { overrides: { outlierBatch: 0 }, outliers: [{ name: 'pack', weight: 1 }] },
      'bad-input',
      /outlierBatch/,
    ],
    [
      'a source named twice',
      {
        outliers: [
          { name: 'pack', weight: 1 },
          { name: 'pack', weight: 2 },
        ],
      },
      'bad-input',
      /named twice/,
    ],
    [
      'a source without outliers',
      { outliers: [{ name: 'cells', weight: 1 }] },
      'too-few-images',
      /no images to learn as outliers/,
    ],
    ['a dataset without normals', { dataset: 'pack', ...noise }, 'too-few-images', /role normal/],
  ];
  it.each(cases)('refuses %s, in words, and stores nothing', async (_, input, code, words) => {
    const ports = await lab();
    const found = refusal(ports, request(input));
    expect({ code: found.code, message: found.message }).toEqual({
      code,
      message: expect.stringMatching(words) as string,
    });
    expect(ports.database.read(listRuns)).toEqual([]);
  });

  it('refuses too few training normals, saying how many there are', async () => {
    const ports = await openCatalogue(newFolder());
    put(ports.database, 'cells', [1, 7], { role: 'normal', split: 'train' });
    put(ports.database, 'cells', [8, 30], { role: 'normal', split: 'test' });
    const { code, message } = refusal(ports, request({ shifts: [{ name: 'noise', weight: 1 }] }));
    expect(code).toBe('too-few-images');
    expect(message).toContain(
      'has 7 in its training part. It has 30 normal images in all: set the split of 1 more',
    );
  });

  it('refuses an outlier that is a normal image, and names it', async () => {
    const ports = await lab();
    put(ports.database, 'mixed up', [201, 204], { role: 'outlier', split: 'train' });
    put(ports.database, 'mixed up', [17, 18], { role: 'outlier', split: 'train' });
    const outliers = [{ name: 'mixed up', weight: 1 }];
    expect(refusal(ports, request({ outliers }))).toMatchObject({
      code: 'bad-input',
      path: '/17.png',
      message: expect.stringMatching(
        /^2 images of the outlier source "mixed up" are normal in the dataset "cells", the first is \/17\.png\./,
      ) as string,
    });
  });

  it('refuses two names for the same outliers', async () => {
    const ports = await lab();
    put(ports.database, 'again', [101, 110], { role: 'outlier', split: 'train' });
    const outliers = [
      { name: 'pack', weight: 1 },
      { name: 'again', weight: 1 },
    ];
    expect(refusal(ports, request({ outliers })).message).toContain('hold the same images');
  });

  it('takes anomalies given to training as outliers, and says what that means', async () => {
    const ports = await lab();
    put(ports.database, 'confirmed', [31, 32], { role: 'anomaly', split: 'train' });
    put(ports.database, 'confirmed', [300, 301], { role: 'anomaly', split: 'test' });
    const id = startRun(request({ outliers: [{ name: 'confirmed', weight: 1 }] }), ports);
    const run = ports.database.read((reader) => findRun(reader, id))!;
    expect(readRunConfig(run).outliers[0]!.images).toBe(2);
    expect(ports.database.read((reader) => runWarnings(reader, id))).toEqual([
      '2 images of the outlier source "confirmed" are also an anomaly of "cells": learnt as ' +
        "outliers, they do not count in this model's evaluation.",
    ]);
  });
});

describe('readRunConfig', () => {
  it('refuses what it does not understand instead of guessing', async () => {
    const ports = await lab();
    const id = startRun(request({ shifts: [{ name: 'noise', weight: 1 }] }), ports);
    const run = ports.database.read((reader) => findRun(reader, id))!;
    const known = JSON.parse(run.config) as Record<string, unknown>;
    for (const config of [
      '{',
      '{}',
      JSON.stringify({ ...known, later: 1 }),
      JSON.stringify({ ...known, settings: { ...(known['settings'] as object), width: 0 } }),
    ]) {
      expect(() => readRunConfig({ ...run, config })).toThrow(/run 1 were written by another/);
    }
  });
});
