// Exported tables, read back with another library than the one that wrote them.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { Edits } from '#core/edits/edits.ts';
import { exportCsv } from '#core/review/export-csv.ts';
import { putThreshold } from '#core/store/runs/thresholds.ts';
import { hashOf, noon } from '../../../support/catalogue.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import { giveScore, openCatalogue, put, request, runWithModel } from '../scores/small-catalogue.ts';

const newFolder = tempFolders();

async function lab() {
  const folder = newFolder();
  const ports = await openCatalogue(folder);
  const { database, now } = ports;
  mkdirSync(join(folder, 'exports'));
  put(database, 'cells/all', [1, 8], { role: 'normal', split: 'train' });
  put(database, 'cells/all', [9, 9], {
    role: 'anomaly',
    split: 'test',
    class: '=1+1',
    group: 'a,"b"',
    domain: '@scanner=A; site=N',
  });
  const modelId = runWithModel(ports, request({ dataset: 'cells/all' }));
  giveScore(database, modelId, 'cells/all', new Map([8, 9].map((n) => [n, n])));
  const threshold = { scoreName: 'mahalanobis', anomalyScore: 8, falseAlarms: 0.1 } as const;
  database.transact((writer) =>
    putThreshold(writer, modelId, { ...threshold, falseAlarms95: [0, 1], calibratedOn: 9 }),
  );
  const edits = new Edits({
    ...{ database, now },
    onChange: () => undefined,
    assertIdleRun: () => undefined,
    assertIdleDataset: () => undefined,
    onRenamed: () => undefined,
  });
  const note = '@two\nlines';
  const plainly = { category: null, isBlind: false, isResolution: false } as const;
  const judged = { verdict: 'anomalous', reviewer: '-mia', note } as const;
  edits.review({ ...plainly, ...judged, imageIds: [9], modelId, category: '+debris' });
  const unsure = { verdict: 'unsure', reviewer: 'mia', note: null } as const;
  edits.review({ ...plainly, ...unsure, imageIds: [1], modelId });
  edits.undo();
  const asked = { modelId, dataset: 'cells/all', what: 'all' } as const;
  return { ports: { database, folder, now }, asked };
}

describe('an exported table', () => {
  it('has what is asked for, and overwrites nothing', async () => {
    const { ports, asked } = await lab();
    const flagged = await exportCsv(ports, { ...asked, what: 'flagged' });
    const judged = await exportCsv(ports, { ...asked, what: 'anomalous' });
    const selected = await exportCsv(ports, { ...asked, what: 'selection', imageIds: [8] });
    expect([flagged.rows, judged.rows, selected.rows]).toEqual([1, 1, 1]);
    expect(readdirSync(join(ports.folder, 'exports')).sort()).toEqual([
      'cells-all-model-1-20261124T120000Z-2.csv',
      'cells-all-model-1-20261124T120000Z-3.csv',
      'cells-all-model-1-20261124T120000Z.csv',
    ]);
    await expect(exportCsv(ports, { ...asked, what: 'selection', imageIds: [1] })).rejects.toThrow(
      'There is nothing to export. No image with a score is selected.',
    );
  });

  it('has every image, with names, scores and standing verdict, and no text that is a formula', async () => {
    const { ports, asked } = await lab();
    const { path, rows } = await exportCsv(ports, asked);
    expect(rows).toBe(9);
    expect(readdirSync(join(ports.folder, 'exports'))).toEqual([
      'cells-all-model-1-20261124T120000Z.csv',
    ]);
    const text = readFileSync(path, 'utf8');
    expect([...readFileSync(path).subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const read = parse<Record<string, string>>(text, {
      ...{ columns: true, record_delimiter: '\r\n', bom: true },
    });
    expect(read.map(({ ImageNumber: number }) => Number(number))).toEqual([
      // By rank; the model has learnt from 8, and the others have no score.
      9, 8, 1, 2, 3, 4, 5, 6, 7,
    ]);
    expect(read[0]).toEqual({
      ...{ ImageNumber: '9', Image_FileName: '9.png', Image_PathName: '/' },
      ...{ Image_Metadata_Hash: hashOf(9), Image_Metadata_Role: 'anomaly' },
      ...{ Image_Metadata_Class: "'=1+1", Image_Metadata_Group: 'a,"b"' },
      Image_Metadata_Domain: "'@scanner=A; site=N",
      ...{ Image_Metadata_Split: 'test', Image_Normscope_AnomalyScore: '9' },
      ...{ Image_Normscope_Rank: '1', Image_Normscope_StrangerThan: '' },
      ...{ Image_Normscope_Threshold: '8', Image_Normscope_RankedBy: 'Mahalanobis distance' },
      ...{ Image_Normscope_Model: '1', Image_Normscope_Dataset: 'cells/all' },
      ...{ Image_Normscope_Flagged: '1', Image_Normscope_NormOfMean: '9' },
      ...{ Image_Normscope_MeanSquaredNorm: '9.5', Image_Normscope_PlainSquaredNorm: '9.25' },
      ...{ Image_Normscope_Mahalanobis: '-9', Image_Normscope_Nearest5: '-3' },
      ...{ Image_Normscope_CosineTimesNorm: String(9 * 1e-9) },
      ...{ Image_Normscope_Verdict: 'anomalous', Image_Normscope_Reviewer: "'-mia" },
      ...{ Image_Normscope_ReviewTime: noon, Image_Normscope_Note: "'@two\nlines" },
      Image_Normscope_Category: "'+debris",
    });
    expect(read[1]).toMatchObject({ Image_Normscope_Flagged: '0', Image_Normscope_Rank: '' });
    expect(read[2]).toMatchObject({
      Image_Normscope_AnomalyScore: '',
      Image_Normscope_Verdict: '',
    });
  });

  it('has decimal commas and semicolons for the spreadsheets that expect them', async () => {
    const { ports, asked } = await lab();
    const { path } = await exportCsv(ports, { ...asked, decimals: 'comma' });
    const text = readFileSync(path, 'utf8');
    expect(text.slice(0, 27)).toBe('\ufeffImageNumber;Image_FileName');
    const options = { columns: true, delimiter: ';', bom: true } as const;
    const read = parse<Record<string, string>>(text, options);
    const last = read.find((row) => row['ImageNumber'] === '9');
    expect(last).toMatchObject({
      ...{ Image_Normscope_MeanSquaredNorm: '9,5', Image_Normscope_PlainSquaredNorm: '9,25' },
      ...{
        Image_Normscope_CosineTimesNorm: String(9 * 1e-9).replace('.', ','),
        Image_Metadata_Group: 'a,"b"',
      },
    });
  });

  it('has no formula where a spreadsheet of another locale parts a line', async () => {
    const { ports, asked } = await lab();
    const edits = new Edits({
      ...{ database: ports.database, now: ports.now },
      onChange: () => undefined,
      onRenamed: () => undefined,
      assertIdleRun: () => undefined,
      assertIdleDataset: () => undefined,
    });
    const note = 'a;=1+1, -2\t@x;\u00fcber-alles';
    edits.review({
      ...{ imageIds: [2], modelId: 1, verdict: 'normal', reviewer: 'mia', note },
      ...{ category: null, isBlind: false, isResolution: false },
    });
    const { path } = await exportCsv(ports, asked);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain("a;'=1+1, '-2\t'@x;\u00fcber-alles");
  });

  it('that cannot be written leaves nothing behind', async () => {
    const { ports, asked } = await lab();
    rmSync(join(ports.folder, 'exports'), { recursive: true });
    writeFileSync(join(ports.folder, 'exports'), 'no folder');
    await expect(exportCsv(ports, asked)).rejects.toThrow();
    const there = await exportCsv(
      { ...ports, folder: '/nowhere' },
      { ...asked, folder: ports.folder },
    );
    expect(there.path).toBe(join(ports.folder, 'cells-all-model-1-20261124T120000Z.csv'));
    await expect(exportCsv(ports, { ...asked, folder: join(ports.folder, 'no') })).rejects.toThrow(
      /^There is no folder .* Choose one that is there\.$/,
    );
  });
});
