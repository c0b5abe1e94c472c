// Opens catalogues for tests, with a still clock, and fills them with a few rows of each kind.

import type Sqlite from 'better-sqlite3';
import type { RawScores } from '#domain/score.ts';
import type { ProjectDatabase, Query, Reader, Writer } from '#core/store/database.ts';
import { ensureDataset } from '#core/store/images/datasets.ts';
import { addJob } from '#core/store/jobs.ts';
import type { Migration } from '#core/store/migrations/migrations.ts';
import { putModel } from '#core/store/runs/models.ts';
import { openDatabase, type OpenDatabase } from '#core/store/open-database.ts';
import { addImportProblem, putScoreProblem } from '#core/store/images/problems.ts';
import { addRunWarning, putEpoch, type NewRun } from '#core/store/runs/runs.ts';
import { putScore } from '#core/store/runs/scores.ts';
import { addSnapshot } from '#core/store/runs/snapshots.ts';
import { openSqlite } from '#core/store/sqlite.ts';
import { putThreshold } from '#core/store/runs/thresholds.ts';

export const noon = '2026-11-24T12:00:00.000Z';

export function open(
  folder: string,
  options: { readonly migrations?: readonly Migration[]; readonly now?: string } = {},
): Promise<OpenDatabase> {
  const { now = noon, ...rest } = options;
  return openDatabase({ folder, now: () => new Date(now), onSlow: () => undefined, ...rest });
}

/** Runs `work` on the file itself, past the store. */
export async function withSqlite<Result>(
  path: string,
  work: (connection: Sqlite.Database) => Result | Promise<Result>,
): Promise<Result> {
  const connection = await openSqlite(path);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

export function hashOf(number: number): string {
  return number.toString(16).padStart(64, '0');
}

export function rawScores(value: number): RawScores {
  return {
    normOfMean: value,
    meanSquaredNorm: value + 0.5,
    plainSquaredNorm: value + 0.25,
    mahalanobis: -value,
    nearest5: -value / 3,
    cosineTimesNorm: value * 1e-9,
  };
}

export function newRun(datasetId: number, snapshotId: number): NewRun {
  return {
    folder: `run-20261124-${hashOf(snapshotId).slice(-32)}`,
    method: 'anchored',
    preset: 'quick',
    specimen: 'stained',
    config: '{"settings":{"width":16}}',
    seed: Number.MAX_SAFE_INTEGER,
    engine: 'auto',
    codeVersion: '0.1.0',
    datasetId,
    snapshotId,
    outliers: [{ snapshotId, name: 'itself', weight: 0.5 }],
    warnings: ['The first sentence.', 'A second one.'],
  };
}

/** `images` images in one dataset, a snapshot, a job, a run with an epoch, a model and its scores. */
export function fill(database: ProjectDatabase, images: number): void {
  database.transact((writer) => {
    const datasetId = ensureDataset(writer, 'blood "cells" µ', noon);
    const frozen = Array.from({ length: images }, (_, index) => {
      const hash = hashOf(index);
      const where = { group: null, domain: null };
      const item = { role: 'normal', class: `class ${index % 7}`, ...where } as const;
      // What follows is as the first version wrote it: older schemas are filled as well.
      const imageId = writer.run(
        `insert into image (hash, bytes, width, height, channels, bit_depth, pixel_size_um, imported_at)
         values (?, ?, 360, 363, 3, 8, 0.1, ?)`,
        ...[hash, 1000 + index, noon],
      ).id;
      const path = `/pictures/of the lab/ÄÖ 細胞/${hash}.tif`;
      writer.run(
        'insert into image_file (image_id, path, relative_path, modified_ms) values (?, ?, ?, ?)',
        ...[imageId, path, `../${hash}.tif`, 1_700_000_000_000 + index],
      );
      writer.run(
        `insert into dataset_item (dataset_id, image_id, role, class, group_name, split)
         values (?, ?, 'normal', ?, null, 'train')`,
        ...[datasetId, imageId, item.class],
      );
      return { ...item, split: 'train', imageId, hash } as const;
    });
    const snapshotId = addSnapshot(writer, datasetId, hashOf(999), [], noon);
    frozen.forEach(({ imageId, class: label }, position) => {
      writer.run(
        `insert into snapshot_item (snapshot_id, position, image_id, role, class, group_name, split)
         values (?, ?, ?, 'normal', ?, null, 'train')`,
        ...[snapshotId, position, imageId, label],
      );
    });
    const jobId = addJob(writer, 'import', '{"kind":"import"}', noon);
    addImportProblem(writer, jobId, { path: '/a.png', code: 'unreadable-image', reason: 'Why.' });
    const runId = addRunOfAnyVersion(writer, newRun(datasetId, snapshotId));
    putFirstEpoch(writer, runId);
    const model = { runId, path: 'models/1/model.safetensors', hash: hashOf(5), step: 10 };
    const modelId = putModel(writer, model, noon).id;
    for (const { imageId } of frozen) putScores(writer, modelId, imageId, rawScores(imageId / 7));
    if (images > 0) {
      putScoreProblem(writer, modelId, 1, { code: 'unreadable-image', reason: 'It vanished.' });
      putThreshold(writer, modelId, {
        ...{ scoreName: 'mahalanobis', anomalyScore: 12.5, falseAlarms: 0.05 },
        ...{ falseAlarms95: [0.01, 0.125], calibratedOn: 60 },
      });
    }
  });
}

/** As addRun, also into a schema of before runs had folders. */
function addRunOfAnyVersion(writer: Writer, run: NewRun): number {
  const hasFolder = hasColumn(writer, 'run', 'folder');
  const { id } = writer.run(
    `insert into run (${hasFolder ? 'folder,' : ''} method, preset, specimen, config, seed, engine,
       code_version, dataset_id, snapshot_id, state, created_at)
     values (${hasFolder ? '?,' : ''} ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?)`,
    ...(hasFolder ? [run.folder] : []),
    ...[run.method, run.preset, run.specimen, run.config, run.seed, run.engine, run.codeVersion],
    ...[run.datasetId, run.snapshotId, noon],
  );
  for (const { snapshotId, name, weight } of run.outliers) {
    writer.run(
      'insert into outlier_source (run_id, snapshot_id, name, weight) values (?, ?, ?, ?)',
      ...[id, snapshotId, name, weight],
    );
  }
  for (const text of run.warnings) addRunWarning(writer, id, text);
  return id;
}

/** Older schemas are filled as well: as their versions wrote it. */
function hasColumn(reader: Reader, table: string, column: string): boolean {
  const found: Query<{ n: number }> = 'select count(*) n from pragma_table_info(?) where name = ?';
  return reader.get(found, table, column)!.n > 0;
}

/** Values that lose digits where they are not kept as they are. */
export const firstEpoch = { ntxent: 4.25 + 2 ** -49, normalNorm: 1 / 3 } as const;

function putFirstEpoch(writer: Writer, runId: number): void {
  const { ntxent, normalNorm } = firstEpoch;
  if (hasColumn(writer, 'run_epoch', 'ntxent')) {
    writer.run(
      `insert into run_epoch (run_id, epoch, step, loss, ntxent, normal_norm, outlier_norm,
         learning_rate, alpha, seconds) values (?, 1, 10, 4.5, ?, ?, null, 0.1, 1, 2.5)`,
      ...[runId, ntxent, normalNorm],
    );
    return;
  }
  putEpoch(writer, runId, {
    ...{ epoch: 1, step: 10, loss: 4.5, terms: { ntxent, normalNorm, alpha: 1 } },
    ...{ distributions: {}, learningRate: 0.1, seconds: 2.5 },
  });
}

function putScores(writer: Writer, modelId: number, imageId: number, raw: RawScores): void {
  if (!hasColumn(writer, 'score', 'norm_of_mean')) {
    putScore(writer, modelId, imageId, raw);
    return;
  }
  writer.run(
    `insert into score (model_id, image_id, norm_of_mean, mean_squared_norm, plain_squared_norm,
       mahalanobis, nearest5, cosine_times_norm) values (?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[modelId, imageId, raw['normOfMean']!, raw['meanSquaredNorm']!, raw['plainSquaredNorm']!],
    ...[raw['mahalanobis']!, raw['nearest5']!, raw['cosineTimesNorm']!],
  );
}

/** Every row of every table, in order, as one value. */
export function contents(connection: Sqlite.Database): Record<string, unknown[]> {
  const tables = connection
    .prepare(`select name from sqlite_schema where type = 'table' order by name`)
    .pluck()
    .all() as string[];
  return Object.fromEntries(
    tables.map((name) => [name, connection.prepare(`select * from "${name}"`).all()]),
  );
}
