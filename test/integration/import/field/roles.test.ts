// A lab's own words for roles and sides, in folders, tables and options.

import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Project } from '../support/project.ts';
import { newProject } from '../support/new-project.ts';
import { cells, maskPng, numbered, plantFiles } from './pictures.ts';

/** How many images of the dataset have which role. */
function roles(project: Project, dataset?: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { role } of project.items(dataset)) counts[role] = (counts[role] ?? 0) + 1;
  return counts;
}

const anomalib = {
  ...cells(numbered(12, 'normal/0', '.png')),
  ...cells(numbered(4, 'abnormal/0', '.png'), 20),
  ...Object.fromEntries(
    numbered(4, 'mask/abnormal/0', '.png').map((name, at) => [name, maskPng(at)]),
  ),
};

describe('folders', () => {
  test.each<[string, Record<string, Buffer>, Record<string, number>, string]>([
    [
      'normal, abnormal and mask',
      anomalib,
      { normal: 12, anomaly: 4 },
      'roles by folder names: anomaly 4 ("abnormal"), normal 12 ("normal")',
    ],
    [
      'OK and NG, with numbers and nouns',
      cells([
        '01_OK/a.png',
        '02-NG/b.png',
        'Control images/c.png',
        'outliers/d.png',
        'to_review/e.png',
      ]),
      { normal: 2, anomaly: 1, outlier: 1, unlabelled: 1 },
      'roles by folder names: normal 2 ("01_OK", "Control images"), anomaly 1 ("02-NG"), ' +
        'outlier 1 ("outliers"), unlabelled 1 ("to_review")',
    ],
    [
      'of plates below wild type and tumor',
      cells([
        'Wild Type/p1/a.png',
        'WT3/b.png',
        'non-tumor/c.png',
        'tumour/p1/d.png',
        'drug/e.png',
      ]),
      { normal: 3, anomaly: 1, unlabelled: 1 },
      'roles by folder names: normal 3 ("WT3", "Wild Type", "non-tumor"), anomaly 1 ("tumour")',
    ],
  ])('%s give roles', async (_, files, expected, words) => {
    const project = await newProject();
    await plantFiles(project.files, files);
    const { recognised } = await project.import(project.files);
    expect(roles(project)).toEqual(expected);
    expect(recognised).toContain(words);
  });

  test('of train/normal and test/abnormal are an anomaly set with its sides', async () => {
    const project = await newProject();
    await plantFiles(
      project.files,
      cells(['Training/normal/1.png', 'test/normal/2.png', 'test/scratch/3.png', 'val/OK/4.png']),
    );
    await project.import(project.files);
    const found = [...project.itemsByPath()]
      .map(([path, { role, split }]) => `${relative(project.files, path)} ${role} ${split}`)
      .sort();
    expect(found).toEqual([
      'Training/normal/1.png normal train',
      'test/normal/2.png normal test',
      'test/scratch/3.png anomaly test',
      'val/OK/4.png normal calibrate',
    ]);
  });

  test('that contradict the role for all are counted, and win unless the import says otherwise', async () => {
    const project = await newProject();
    await plantFiles(project.files, anomalib);
    const first = await project.import(project.files, { role: 'normal' });
    expect(roles(project)).toEqual({ normal: 12, anomaly: 4 });
    expect(first).toMatchObject({ contradictions: 4, leftOut: { masks: 4 } });
    expect(first.recognised).toContain(
      'the role "normal" contradicts the folder names of 4 images ("abnormal"): they keep the role ' +
        'that their folder says',
    );
    const forced = await project.import(project.files, {
      ...{ role: 'normal', conflicts: 'role', dataset: 'forced' },
    });
    expect(roles(project, 'forced')).toEqual({ normal: 16 });
    expect(forced.contradictions).toBe(4);
    const outliers = await project.import(project.files, { role: 'outlier', dataset: 'outliers' });
    expect(roles(project, 'outliers')).toEqual({ outlier: 16 });
    expect(outliers.contradictions).toBe(16);
    const open = await project.import(project.files, { role: 'unlabelled', dataset: 'open' });
    expect([roles(project, 'open'), open.contradictions]).toEqual([{ unlabelled: 16 }, 0]);
  });

  test('get the role that the import gives their class, or are skipped', async () => {
    const project = await newProject();
    await plantFiles(project.files, { ...anomalib, ...cells(['x.png', 'debris/1.png'], 60) });
    const { leftOut, recognised } = await project.import(project.files, {
      role: 'outlier',
      classRoles: [
        { class: 'normal', role: 'normal' },
        { class: 'debris', role: 'skip' },
        { class: null, role: 'anomaly' },
      ],
    });
    expect(roles(project)).toEqual({ normal: 12, outlier: 4, anomaly: 1 });
    expect(leftOut.skipped).toBe(1);
    expect(recognised).toContain('left out 1 image of a skipped class');
  });
});

test.each([
  [
    'role',
    ['good', 'OK', 'abnormal', 'defect', 'Control'],
    ['normal', 'normal', 'anomaly', 'anomaly', 'normal'],
  ],
  [
    'role',
    ['NG', 'bad', 'wild-type', 'DMSO', 'unlabeled'],
    ['anomaly', 'anomaly', 'normal', 'normal', 'unlabelled'],
  ],
  [
    'split',
    ['validation', 'Training', 'val', 'Test', 'none'],
    ['calibrate', 'train', 'calibrate', 'test', 'none'],
  ],
] as const)('a table with the column %s of %j', async (column, words, expected) => {
  const project = await newProject();
  const names = words.map((_, at) => `c${at}.png`);
  const rows = names.map((name, at) => `${name},${words[at]}`);
  await plantFiles(project.files, {
    ...cells(names),
    't.csv': [`path,${column}`, ...rows].join('\n'),
  });
  const { imported, failed } = await project.import(join(project.files, 't.csv'), {
    ...(column === 'split' ? { role: 'normal' } : {}),
  });
  expect({ imported, failed }).toEqual({ imported: 5, failed: [] });
  const items = project.itemsByPath();
  expect(names.map((name) => items.get(join(project.files, name))![column])).toEqual(expected);
});
