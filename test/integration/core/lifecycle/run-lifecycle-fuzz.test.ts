// Random sequences of what a user can do with runs (train, pause, resume, delete, restore, undo, redo, empty
// the trash, copy and restore the catalogue, close the project), on the real core with real trainings,
// compared with a plain model after every step: nothing is lost, no id is given twice, and nothing fails
// as a bug.
//
// NORMSCOPE_FUZZ_SEQUENCES says how many, NORMSCOPE_FUZZ_SEED the first; a failure names its seed, which
// NORMSCOPE_FUZZ_SEED=THAT NORMSCOPE_FUZZ_SEQUENCES=1 repeats.

import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openApp } from '#core/app.ts';
import { sizes } from '../../../support/sizes.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import { LifecycleModel } from './lifecycle-model.ts';
import { begin, LifecycleSequence } from './lifecycle-sequence.ts';
import { drawPictures } from '../pictures.ts';
import { clientOf, succeeded } from '../project.ts';

const sequences = Number(process.env['NORMSCOPE_FUZZ_SEQUENCES'] ?? sizes.runSequences);
const firstSeed = Number(process.env['NORMSCOPE_FUZZ_SEED'] ?? 1);
const operations = 14;
/** A sequence takes seconds; hours are for a busy machine. */
const timeLimit = 60_000 + sequences * 60_000;

const newFolder = tempFolders();

describe('runs', () => {
  let folder: string;
  let template: string;
  const model = new LifecycleModel();

  beforeAll(async () => {
    folder = newFolder();
    template = join(folder, 'Template.normscope');
    const app = await openApp(template, { create: true });
    const paths = await drawPictures(join(folder, 'disc'), 'disc', 8);
    const input = { paths, dataset: 'cells', role: 'normal' as const, split: 'train' as const };
    const client = clientOf(app);
    await succeeded(client, (await client.call('images.import', input)).jobId);
    const { name } = await client.call('backups.make', {});
    model.copied(name, [name]);
    await app.close();
    await begin(new LifecycleSequence(template, model, 0));
  });

  it(
    `are as a plain model says after ${sequences} random sequences`,
    async () => {
      const counts = new Map<string, number>();
      for (let seed = firstSeed; seed < firstSeed + sequences; seed++) {
        const project = join(folder, `${seed}.normscope`);
        await cp(template, project, { recursive: true });
        const sequence = new LifecycleSequence(project, model.clone(), seed);
        await sequence.open();
        try {
          for (let at = 0; at < operations; at++) await sequence.step();
          await sequence.compareFiles();
        } catch (error) {
          const steps = sequence.done.map((text, at) => `${at + 1}. ${text}`).join('\n');
          throw new Error(`Sequence ${seed}:\n${steps}`, { cause: error });
        } finally {
          await sequence.close();
          await rm(project, { recursive: true, force: true });
        }
        for (const text of sequence.done) {
          const what = text.split(' ')[0]!;
          counts.set(what, (counts.get(what) ?? 0) + 1);
        }
      }
      console.log(`${sequences} sequences from seed ${firstSeed}:`, Object.fromEntries(counts));
      expect(counts.size).toBeGreaterThan(0);
    },
    timeLimit,
  );
});
