import { copyFile, cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openApp } from '#core/app.ts';
import { scoreImages, type ScoringJob, type ScoringPorts } from '#core/scores/score-images.ts';
import { scoringModel } from '#core/scores/scoring-model.ts';
import type { ProjectDatabase } from '#core/store/database.ts';
import { findDataset, items } from '#core/store/images/datasets.ts';
import { scoredImages } from '#core/store/runs/scores.ts';
import { openDatabase } from '#core/store/open-database.ts';
import { localCompute } from '#core/workers/local-compute.ts';
import { neverStop } from '#domain/stop.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import {
  clientOf,
  copyOf,
  folderOfRun,
  inCatalogue,
  killWorker,
  makeTemplate,
  openProject,
} from './project.ts';
import { score, scoreRows, scoresOfCopy, train, workersOf } from './project.ts';

const newFolder = tempFolders();

describe('scoring', () => {
  let folder: string;
  /** With a model that has scored nothing but the normals held out to calibrate on. */
  let trained: string;
  let held: number;
  let scores: unknown[];

  beforeAll(async () => {
    folder = newFolder();
    trained = await makeTemplate(folder, { normal: 60, anomalous: 24, outliers: 8 });
    const app = await openApp(trained);
    await train(clientOf(app), 12);
    await app.close();
    held = (await scoreRows(trained)).length;
    scores = await scoresOfCopy(trained, newFolder());
  });

  describe('of images that can no longer be read', () => {
    it('lists each with path and reason, scores the others, and takes them up when they are back', async () => {
      const project = await copyOf(trained, newFolder());
      const gone = join(folder, 'cross', 'cross 0003.png');
      const cut = join(folder, 'cross', 'cross 0007.png');
      const original = await readFile(cut);
      await rename(gone, join(folder, 'aside'));
      await writeFile(cut, original.subarray(0, 100));

      const { client, app } = await openProject(project);
      const { failed, ...outcome } = await score(client);
      expect(outcome).toMatchObject({ scored: 82 - held, alreadyScored: held });
      expect(failed.map(({ path }) => path).sort()).toEqual([gone, cut]);
      for (const { reason } of failed) expect(reason).toMatch(/^[A-Z].*\.$/);
      const { counts } = await client.call('scores.evaluate', { modelId: 1, dataset: 'cells' });
      expect(counts.anomalous).toBe(22);

      await rename(join(folder, 'aside'), gone);
      await writeFile(cut, original);
      expect(await score(client)).toMatchObject({ scored: 2, alreadyScored: 82, failed: [] });
      await app.close();
      expect(await scoreRows(project)).toEqual(scores);
      const problems = await inCatalogue(project, (database) =>
        database.read((reader) => reader.all('select * from score_problem')),
      );
      expect(problems).toEqual([]);
    });

    it('goes on when none of them can be read', async () => {
      const project = await copyOf(trained, newFolder());
      await rename(join(folder, 'cross'), join(folder, 'crosses'));
      await rename(join(folder, 'disc'), join(folder, 'discs'));
      try {
        const { client } = await openProject(project);
        const { scored, alreadyScored, failed } = await score(client);
        expect({ scored, alreadyScored, failed: failed.length }).toEqual({
          ...{ scored: 0, alreadyScored: held, failed: 84 - held },
        });
        await expect(
          client.call('scores.evaluate', { modelId: 1, dataset: 'cells' }),
        ).rejects.toMatchObject({
          ...{ code: 'bad-input', message: expect.stringContaining('could be read') as string },
        });
      } finally {
        await rename(join(folder, 'crosses'), join(folder, 'cross'));
        await rename(join(folder, 'discs'), join(folder, 'disc'));
      }
    });

    it('finds them beside the project when both were moved together', async () => {
      const elsewhere = newFolder();
      await cp(folder, elsewhere, { recursive: true });
      const project = join(elsewhere, 'template.normscope');
      await rename(join(folder, 'cross'), join(folder, 'crosses'));
      try {
        const { app, client } = await openProject(project);
        expect(await score(client)).toMatchObject({ scored: 84 - held, failed: [] });
        await app.close();
        expect(await scoreRows(project)).toEqual(scores);
      } finally {
        await rename(join(folder, 'crosses'), join(folder, 'cross'));
      }
    });
  });

  describe('part by part', () => {
    async function withCatalogue(
      project: string,
      work: (
        ports: ScoringPorts,
        score: (job?: Partial<ScoringJob>) => Promise<unknown>,
      ) => Promise<void>,
    ): Promise<void> {
      const open = await openDatabase({
        ...{ folder: project, now: () => new Date(), onSlow: () => undefined },
      });
      const { database } = open;
      const ports = { database, folder: project, compute: localCompute, imagesAtOnce: 20 };
      const quiet = { stop: neverStop, report: () => undefined, warn: () => undefined };
      const scoreAll = async (job: Partial<ScoringJob> = {}) => {
        const images = database.read((reader) => items(reader, findDataset(reader, 'cells')!));
        const model = await scoringModel(database, project, 1, 'auto');
        return scoreImages(model, images, { ...quiet, ...job }, ports);
      };
      try {
        await work(ports, scoreAll);
      } finally {
        await open.close();
      }
    }

    it('gives the same scores as all at once, also when workers are killed', async () => {
      const project = await copyOf(trained, newFolder());
      await withCatalogue(project, async (_ports, scoreAll) => {
        const deaths: string[] = [];
        const warn = (text: string) => void deaths.push(text);
        // In the middle: after the first part has been scored, and after the second.
        const moments = [held + 1, held + 21];
        const report = (done: number) => {
          if (moments.length === 0 || done < moments[0]!) return;
          moments.shift();
          for (const pid of workersOf(process.pid)) process.kill(pid, 'SIGKILL');
        };
        const scoring = scoreAll({ report, warn });
        // And once while the worker is starting.
        await killWorker(process.pid);
        expect(await scoring).toMatchObject({ scored: 84 - held, alreadyScored: held, failed: [] });
        expect(deaths).toHaveLength(3);
        expect(deaths[0]).toContain('signal SIGKILL');
      });
      expect(await scoreRows(project)).toEqual(scores);
    });

    it('says that the disk is full, keeps what was scored, and goes on when there is room', async () => {
      const project = await copyOf(trained, newFolder());
      await withCatalogue(project, async (ports, scoreAll) => {
        pragma(ports.database, `max_page_count = ${pragma(ports.database, 'page_count')}`);
        // Fills the pages that there are.
        const filler = 'x'.repeat(200);
        expect(() => {
          for (let row = 0; ; row++) {
            ports.database.transact((writer) => {
              writer.run('insert into setting values (?, ?)', `filler ${row}`, filler);
            });
          }
        }).toThrow(expect.objectContaining({ code: 'disk-full' }));
        // Room for the scores of some images.
        pragma(ports.database, `max_page_count = ${pragma(ports.database, 'page_count') + 3}`);
        await expect(scoreAll()).rejects.toMatchObject({ code: 'disk-full' });
        pragma(ports.database, 'max_page_count = 100000');
        ports.database.transact((writer) => writer.run('delete from setting'));
        const kept = ports.database.read((reader) => scoredImages(reader, 1)).size;
        expect(kept).toBeGreaterThan(held);
        expect(kept).toBeLessThan(84);
        expect(await scoreAll()).toMatchObject({ scored: 84 - kept, alreadyScored: kept });
      });
      expect(await scoreRows(project)).toEqual(scores);
    });
  });

  it('refuses a model file that has changed, naming it and the way out', async () => {
    const project = await copyOf(trained, newFolder());
    const path = join(await folderOfRun(project), 'model.safetensors');
    await copyFile(path, `${path}.kept`);
    const bytes = await readFile(path);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(path, bytes);
    const { client } = await openProject(project);
    await expect(score(client)).rejects.toThrow(/model\.safetensors has changed.*resume run 1/);
    await rm(path);
    await rename(`${path}.kept`, path);
    expect(await score(client)).toMatchObject({ alreadyScored: held });
  });
});

function pragma(database: ProjectDatabase, text: string): number {
  const row = database.read((reader) => reader.get<Record<string, number>>(`pragma ${text}`));
  return Object.values(row!)[0]!;
}
