// A process that writes transactions into a catalogue as fast as it can and prints the number of each
// one that has been acknowledged, until it is killed.

import { greyChannels } from '#domain/pixels/channel.ts';
import { writeSync } from 'node:fs';
import { ensureDataset } from '#core/store/images/datasets.ts';
import { addImage } from '#core/store/images/images.ts';
import { addJob, endJob, startJob } from '#core/store/jobs.ts';
import { putModel } from '#core/store/runs/models.ts';
import { openDatabase } from '#core/store/open-database.ts';
import { lockProject } from '#core/project/project-lock.ts';
import { addRun } from '#core/store/runs/runs.ts';
import { putScore } from '#core/store/runs/scores.ts';
import { addSnapshot } from '#core/store/runs/snapshots.ts';
import { hashOf, newRun, noon, rawScores } from '../../../support/catalogue.ts';

const folder = process.argv[2]!;
const images = 20;

await lockProject(folder);
const { database } = await openDatabase({
  ...{ folder, now: () => new Date(), onSlow: () => undefined },
});
const { modelId, ids, next } = database.transact((writer) => {
  const ids = Array.from({ length: images }, (_, index) => {
    const size = { bytes: 1, width: 1, height: 1, channels: greyChannels, bitDepth: 8 } as const;
    const rest = { pixelSizeUm: null, pixelSizeSource: null, region: null };
    return addImage(writer, { ...size, ...rest, hash: hashOf(index) }, noon);
  });
  const datasetId = ensureDataset(writer, 'cells', noon);
  const known = writer.get<{ id: number }>('select id from snapshot');
  const snapshotId = known?.id ?? addSnapshot(writer, datasetId, hashOf(0), [], noon);
  const run = writer.get<{ id: number }>('select id from run');
  const runId = run?.id ?? addRun(writer, newRun(datasetId, snapshotId), noon);
  const model = putModel(writer, { runId, path: 'm', hash: hashOf(1), step: 1 }, noon);
  const last = writer.get<{ last: number | null }>('select max(done) last from job')!.last;
  return { modelId: model.id, ids, next: (last ?? 0) + 1 };
});
writeSync(1, 'ready\n');

// Each transaction touches every score and adds a job, so that a torn one shows.
for (let number = next; ; number++) {
  database.transact((writer) => {
    for (const imageId of ids) putScore(writer, modelId, imageId, rawScores(number));
    const id = addJob(writer, 'score', '{}', noon);
    startJob(writer, id, noon);
    const ending = { state: 'succeeded', failure: null, result: null } as const;
    endJob(writer, id, { ...ending, done: number, total: number, note: null }, noon);
  });
  writeSync(1, `${number}\n`);
}
