// Version 100 of the catalogue, made from a filled catalogue of every version before it: epochs keep their
// means and scores their values, bit for bit, by name.

import { expect, it } from 'vitest';
import { initial } from '#core/store/migrations/0010-initial.ts';
import { migrations } from '#core/store/migrations/migrations.ts';
import { versionOf } from '#core/store/migrate.ts';
import { runEpochs } from '#core/store/runs/runs.ts';
import { putScore, scoresOf, storedScoreNames } from '#core/store/runs/scores.ts';
import { fill, firstEpoch, open, rawScores, withSqlite } from '../support/catalogue.ts';
import { tempFolders } from '../support/temp-folder.ts';

const tempFolder = tempFolders();
const earlier = migrations.map(({ version }) => version).filter((version) => version < 100);

it.each(earlier)('keeps epochs, scores and thresholds of version %i', async (version) => {
  const folder = tempFolder();
  const old = await open(folder, {
    migrations: migrations.filter((migration) => migration.version <= version),
  });
  fill(old.database, 7);
  old.database.transact((writer) => {
    const [first, counts] = [1 / 7, '{"first":-3,"counts":[1,0,7]}'];
    writer.run(
      `insert into run_epoch (run_id, epoch, step, loss, ntxent, normal_norm, outlier_norm,
         learning_rate, alpha, seconds) values (1, 2, 20, 4.5, 1e-17, ?, ?, 0.1, 0.1, 2.5)`,
      ...[first, Math.PI],
    );
    if (version >= 60) writer.run('update run_epoch set normal_norms = ? where epoch = 2', counts);
  });
  await old.close();

  const { database, close } = await open(folder);
  const [epochs, scores, names] = database.read((reader) => [
    runEpochs(reader, 1),
    scoresOf(reader, 1),
    storedScoreNames(reader, 1),
  ]);
  const norms = { normalNorms: { first: -3, counts: [1, 0, 7] } };
  expect(epochs).toEqual([
    {
      ...{ epoch: 1, step: 10, loss: 4.5, terms: { ...firstEpoch, alpha: 1 }, distributions: {} },
      ...{ learningRate: 0.1, seconds: 2.5 },
    },
    {
      ...{ epoch: 2, step: 20, loss: 4.5 },
      terms: { ntxent: 1e-17, normalNorm: 1 / 7, outlierNorm: Math.PI, alpha: 0.1 },
      distributions: version >= 60 ? norms : {},
      ...{ learningRate: 0.1, seconds: 2.5 },
    },
  ]);
  expect(scores).toEqual(new Map([1, 2, 3, 4, 5, 6, 7].map((id) => [id, rawScores(id / 7)])));
  expect(names.sort()).toEqual(Object.keys(rawScores(1)).sort());
  // A score that no method has: kept as any other.
  database.transact((writer) => putScore(writer, 1, 2, { ...rawScores(1), 'a new score': -2.5 }));
  expect(database.read((reader) => scoresOf(reader, 1)).get(2)).toEqual({
    ...rawScores(1),
    'a new score': -2.5,
  });
  await close();
});

it('leaves no trace of the earlier columns, and every reference intact', async () => {
  const folder = tempFolder();
  const old = await open(folder, { migrations: [initial] });
  fill(old.database, 3);
  await old.close();
  await (await open(folder)).close();
  await withSqlite(`${folder}/project.sqlite`, (connection) => {
    expect(versionOf(connection)).toBeGreaterThanOrEqual(100);
    expect(connection.pragma('foreign_key_check')).toEqual([]);
    expect(connection.pragma('integrity_check', { simple: true })).toBe('ok');
    const columns = connection.prepare(`select name from pragma_table_info('score')`).pluck().all();
    expect(columns).toEqual(['model_score_id', 'image_id', 'value']);
  });
});
