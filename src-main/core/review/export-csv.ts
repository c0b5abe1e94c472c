// A table of a dataset's images with their scores and verdicts, in the column format of CellProfiler Analyst.

import { basename, dirname, join } from 'node:path';
import { stringify, type Options } from 'csv-stringify/sync';
import { writeWhole } from '#files/whole-file.ts';
import { datasetNamed } from '../runs/run-items.ts';
import { lineOf } from '../scores/batch/line.ts';
import { chosenScore, modelScores } from '../scores/model-scores.ts';
import { trainedModel } from '../scores/scoring-model.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { exportRows, type ExportRow } from '../store/runs/export-rows.ts';
import type { FiguresRequest } from '../scores/score-figures.ts';

/** decimals: "point" when left out. */
type TableRequest = FiguresRequest & { readonly decimals?: 'point' | 'comma' };

/** Without it spreadsheets take the text for one of their system's old encoding. */
const byteOrderMark = '\ufeff';

/** Rows per batch; other requests are served between batches. */
const batch = 2000;

/**
 * Writes the table into the project's `exports`, whole or not at all; an earlier one of the same second
 * is replaced. Throws `not-found`, `disk-full`, and `bad-input` when the folder cannot be written.
 */
export async function exportCsv(
  { database, folder, now }: { database: ProjectDatabase; folder: string; now: () => Date },
  { modelId, dataset, by, decimals }: TableRequest,
): Promise<{ path: string; rows: number }> {
  const { datasetId, scores, name, limit } = database.read((reader) => {
    const trained = trainedModel(reader, modelId);
    const scoreName = chosenScore(reader, trained, by);
    return {
      datasetId: datasetNamed(reader, dataset),
      scores: modelScores(reader, trained.run.method, modelId),
      name: scoreName,
      limit: lineOf(reader, { modelId, dataset }, scoreName)?.anomalyScore ?? null,
    };
  });
  const path = join(folder, 'exports', fileName(dataset, modelId, now()));
  const format = formatOf(decimals ?? 'point');
  let rows = 0;
  function* lines(): Generator<string> {
    yield byteOrderMark + stringify([header(scores)], format);
    for (let last = 0; ;) {
      const after = last;
      const some = database.read((reader) =>
        exportRows(reader, { modelId, scores, datasetId, after, batch }),
      );
      yield stringify(
        some.map((row) => cells(row, scores, name, limit)),
        format,
      );
      rows += some.length;
      if (some.length < batch) break;
      last = some.at(-1)!.imageId;
    }
  }
  await writeWhole(path, lines());
  return { path, rows };
}

function formatOf(decimals: 'point' | 'comma'): Options {
  const windows = { record_delimiter: 'windows' } as const;
  if (decimals === 'point') return windows;
  const number = (value: number) => String(value).replace('.', ',');
  return { ...windows, delimiter: ';', cast: { number } };
}

function header(scores: readonly string[]): string[] {
  return [
    ...['ImageNumber', 'Image_FileName', 'Image_PathName', 'Image_Metadata_Hash'],
    ...[
      'Image_Metadata_Role',
      'Image_Metadata_Class',
      'Image_Metadata_Group',
      'Image_Metadata_Domain',
      'Image_Metadata_Split',
    ],
    ...['Image_Normscope_AnomalyScore', 'Image_Normscope_Flagged'],
    ...scores.map((name) => `Image_Normscope_${name[0]!.toUpperCase()}${name.slice(1)}`),
    ...['Image_Normscope_Verdict', 'Image_Normscope_Reviewer', 'Image_Normscope_ReviewTime'],
    ...['Image_Normscope_Note', 'Image_Normscope_Category'],
  ];
}

type Cell = string | number | null;

function cells(
  row: ExportRow,
  scores: readonly string[],
  name: string,
  limit: number | null,
): Cell[] {
  const raw = row.raw[name] ?? null;
  const anomalyScore = raw === null ? null : -raw;
  const flagged = anomalyScore === null || limit === null ? null : Number(anomalyScore > limit);
  return [
    ...[row.imageId, text(basename(row.path)), text(dirname(row.path)), row.hash],
    ...[row.role, text(row.class), text(row.group), text(row.domain), row.split],
    ...[anomalyScore, flagged],
    ...scores.map((score) => row.raw[score] ?? null),
    ...[row.verdict, text(row.reviewer), row.time, text(row.note), text(row.category)],
  ];
}

/**
 * A spreadsheet evaluates text that starts like a formula; an apostrophe prevents that. Also after a
 * separator: a spreadsheet of another locale parts the line there, whatever the quotes say.
 */
function text(value: string | null): string | null {
  return value?.replace(/(^|[,;\t\r\n]) *(?=[=+\-@\t\r\n＝＋－＠])/g, "$&'") ?? null;
}

/** A file name that is valid on every system. */
function fileName(dataset: string, modelId: number, now: Date): string {
  const safe = dataset.replace(/[^\p{L}\p{N}_-]+/gu, '-').slice(0, 60);
  const time = now.toISOString().slice(0, 19).replace(/[-:]/g, '');
  return `${safe}-model-${modelId}-${time}Z.csv`;
}
