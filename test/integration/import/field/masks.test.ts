// Masks and label images beside images are left out, whatever the layout, and taken on request.

import { relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Project } from '../support/project.ts';
import { newProject } from '../support/new-project.ts';
import { writeZip } from '../support/write-zip.ts';
import { cellPng, cells, maskPng, numbered, plantFiles } from './pictures.ts';

const paths = (project: Project) =>
  [...project.itemsByPath().keys()].map((path) => relative(project.files, path)).sort();

const all = (names: readonly string[], seed = 0) =>
  Object.fromEntries(names.map((name, at) => [name, maskPng(seed + at)]));

describe('masks', () => {
  test.each<[string, string[], Record<string, Buffer>]>([
    [
      'by suffix and in a folder of their own',
      numbered(6, 'images/cell', '.png'),
      {
        ...all(numbered(6, 'images/cell', '_mask.png')),
        ...all(numbered(6, 'images/cell', '_cp_masks.png'), 10),
        ...all(numbered(6, 'masks/cell', '.png'), 20),
      },
    ],
    [
      'by words that need an image beside them',
      numbered(3, 'a/f', '_img.png'),
      { ...all(numbered(3, 'a/f', '-labels.png')), ...all(numbered(3, 'a/f', '_seg.png'), 5) },
    ],
    [
      'in folders for training and testing',
      [...numbered(3, 'train/images/', '.png'), ...numbered(2, 'test/images/', '.png')],
      { ...all(numbered(3, 'train/labels/', '.png')), ...all(numbered(2, 'test/GT/', '.png'), 9) },
    ],
    [
      'by content in a folder whose name says nothing',
      numbered(4, 'raw/field', '.png'),
      { ...all(numbered(4, 'a_drawn/field', '.png')) },
    ],
    [
      'by content beside the images under a suffix that says nothing',
      numbered(3, 'cell', '.png'),
      Object.fromEntries(
        numbered(3, 'cell', '_out.png').map((name, at) => [name, maskPng(at, [0, 1, 2, 3, 4])]),
      ),
    ],
  ])('%s are left out and counted', async (_, images, masks) => {
    const project = await newProject();
    await plantFiles(project.files, { ...cells(images), ...masks });
    const { imported, failed, leftOut, recognised } = await project.import(project.files);
    const count = Object.keys(masks).length;
    expect({ imported, failed }).toEqual({ imported: images.length, failed: [] });
    expect(leftOut).toMatchObject({ masks: count, hidden: 0, system: 0 });
    expect(recognised).toContain(`left out ${count} masks and label images`);
    expect(paths(project)).toEqual([...images].sort());

    const taken = await project.import(project.files, { masks: 'take', dataset: 'all' });
    expect(taken.leftOut.masks).toBe(0);
    const distinct = new Set(Object.values(masks).map((mask) => mask.toString('base64'))).size;
    expect(project.items('all')).toHaveLength(images.length + distinct);
  });

  test('are not seen where names or pictures only look like them', async () => {
    const project = await newProject();
    // Classes of faces, a class of white blood cells, equal numbers in two classes, dark images.
    const images = [
      ...['with_mask/0.png', 'without_mask/0.png', 'SEG/1.png', 'LYT/1.png', 'labelled_a.png'],
      ...['site_label.png', 'normal/000.png', 'abnormal/000.png'],
    ];
    await plantFiles(project.files, { ...cells(images), 'dark/a.png': maskPng(1, [3, 3]) });
    const { imported, leftOut } = await project.import(project.files);
    expect({ imported, masks: leftOut.masks }).toEqual({ imported: 9, masks: 0 });
  });

  test('in an archive are told by their names, and in a table by their role', async () => {
    const project = await newProject();
    const zip = writeZip([
      { name: 'set/img/1.png', data: cellPng(1) },
      { name: 'set/annotations/1.png', data: maskPng(1) },
    ]);
    const table = 'path,role\nx.png,Good\ny.png,mask\n';
    await plantFiles(project.files, {
      ...{ 'a.zip': zip, 'x.png': cellPng(2), 'y.png': maskPng(2), 't.csv': table },
    });
    const both = ['a.zip', 't.csv'].map((name) => `${project.files}/${name}`);
    const { imported, leftOut } = await project.import(both);
    expect({ imported, masks: leftOut.masks }).toEqual({ imported: 2, masks: 2 });
  });
});
