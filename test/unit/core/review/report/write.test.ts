import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeReport, type ReportContents } from '#core/review/report/write.ts';
import { tempFolders } from '../../../../support/temp-folder.ts';

const tempFolder = tempFolders();

function contents(dataset: string): ReportContents {
  const where = { group: null, domain: null, class: null };
  const image = { ...where, split: 'test', role: 'unlabelled' } as const;
  const scored = { anomalyScore: 1, anomalyRank: null, flagged: null } as const;
  return {
    ...{
      model: 3,
      dataset,
      title: 'Cells',
      titleBlock: [],
      lead: '',
      finding: null,
      about: '',
      settings: [],
      attribution: [],
    },
    ...{ threshold: null, evaluation: null, baseline: null, progress: null },
    images: [
      { imageId: 1, hash: 'aa', path: '/a.png', ...image, ...scored },
      { imageId: 2, hash: 'bb', path: '/b.png', ...image, ...scored },
    ],
    createdAt: new Date('2026-11-24T12:00:00Z'),
  };
}

it('embeds the thumbnails of the project and does without those that are gone', async () => {
  const project = join(tempFolder(), 'P.normscope');
  await mkdir(join(project, 'cache', 'thumbnails'), { recursive: true });
  await writeFile(join(project, 'cache', 'thumbnails', 'aa.webp'), 'pixels');
  const path = await writeReport(project, contents('blood cells'));
  expect(path).toBe(join(project, 'exports', 'blood-cells-model-3-20261124T120000Z.html'));
  expect(await readdir(join(project, 'exports'))).toEqual([
    'blood-cells-model-3-20261124T120000Z.html',
  ]);
  const second = await writeReport(project, contents('blood cells'));
  expect(second).toMatch(/-2\.html$/);
  const page = await readFile(path, 'utf8');
  expect(page.match(/src="[^"]*"/g)).toEqual([
    `src="data:image/webp;base64,${Buffer.from('pixels').toString('base64')}"`,
  ]);
  expect(page.match(/no thumbnail/g)).toHaveLength(1);
});

it.each(['../../etc/passwd', 'a/b\\c:d*?"<>|', '.', '\u202e\n', 'x'.repeat(300), '細胞'])(
  'never leaves the folder of exports, whatever the dataset is called: %j',
  async (dataset) => {
    const project = tempFolder();
    await writeReport(project, contents(dataset));
    const [name, ...others] = await readdir(join(project, 'exports'));
    expect(others).toEqual([]);
    expect(name).toMatch(/^[\p{L}\p{N}_-]{1,60}-model-3-20261124T120000Z\.html$/u);
  },
);
