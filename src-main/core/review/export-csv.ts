// A table of a dataset's images with their scores and verdicts, in the column format of CellProfiler Analyst.

import { basename, dirname } from 'node:path';
import { stringify, type Options } from 'csv-stringify/sync';
import { scoreTitle } from '#domain/methods/methods.ts';
import { freePath } from '#files/free-path.ts';
import { writeWhole } from '#files/whole-file.ts';
import { datasetNamed } from '../runs/run-items.ts';
import { lineOf } from '../scores/batch/line.ts';
import { chosenScore, modelScores } from '../scores/model-scores.ts';
import { trainedModel } from '../scores/scoring-model.ts';
import type { Reader } from '../store/database.ts';
import { items } from '../store/images/datasets.ts';
import { exportRows, type ExportRow } from '../store/runs/export-rows.ts';
import { exportFolder, type ExportPorts } from './export-files.ts';
import {
  exportedImages,
  placedImages,
  type ExportImage,
  type ExportRequest,
} from './export-images.ts';
import { exportStem } from './export-name.ts';

/** decimals: "point" when left out. */
type TableRequest = ExportRequest & { readonly decimals?: 'point' | 'comma' };

/** Without it spreadsheets take the text for one of their system's old encoding. */
const byteOrderMark = '\ufeff';

/** Rows per batch; other requests are served between batches. */
const batch = 2000;

/**
 * Writes the table by rank, whole or not at all; nothing is overwritten. Throws `not-found`, `disk-full`, and
 * `bad-input` when the folder cannot be written or there is nothing to export.
 */
export async function exportCsv(
  { database, folder, now }: ExportPorts,
  request: TableRequest,
): Promise<{ path: string; rows: number }> {
  const { modelId, dataset, by } = request;
  const table = database.read((reader) => {
    const trained = trainedModel(reader, modelId);
    const scoreName = chosenScore(reader, trained, by);
    return {
      ...{ modelId, dataset, name: scoreName, datasetId: datasetNamed(reader, dataset) },
      scores: modelScores(reader, trained.run.method, modelId),
      limit: lineOf(reader, { modelId, dataset }, scoreName)?.anomalyScore ?? null,
      images: imagesOf(reader, request),
    };
  });
  const target = await exportFolder(folder, request.folder);
  const path = await freePath(target, exportStem(dataset, modelId, now()), '.csv');
  const { scores, datasetId, images } = table;
  const format = formatOf(request.decimals ?? 'point');
  function* lines(): Generator<string> {
    yield byteOrderMark + stringify([header(scores)], format);
    for (let start = 0; start < images.length; start += batch) {
      const some = images.slice(start, start + batch);
      const imageIds = some.map(({ imageId }) => imageId);
      const rows = database.read((reader) =>
        exportRows(reader, { modelId, scores, datasetId, imageIds }),
      );
      const found = some.flatMap((image) => {
        const row = rows.get(image.imageId);
        return row === undefined ? [] : [cells(row, image, table)];
      });
      yield stringify(found, format);
    }
  }
  await writeWhole(path, lines());
  return { path, rows: images.length };
}

type Placed = Pick<ExportImage, 'imageId' | 'place' | 'anomalyRank'>;

/** By rank; then those that the model has learnt from; of all images those without a score last. */
function imagesOf(reader: Reader, request: ExportRequest): readonly Placed[] {
  if (request.what !== 'all') return exportedImages(reader, request);
  const placed = placedImages(reader, request);
  const scored = new Set(placed.map(({ imageId }) => imageId));
  const others = items(reader, datasetNamed(reader, request.dataset))
    .filter(({ imageId }) => !scored.has(imageId))
    .map(({ imageId }) => ({ imageId, place: null, anomalyRank: null }));
  return [
    ...placed.filter(({ place }) => place !== null),
    ...placed.filter(({ place }) => place === null),
    ...others,
  ];
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
    ...['Image_Normscope_Rank', 'Image_Normscope_AnomalyScore', 'Image_Normscope_StrangerThan'],
    ...['Image_Normscope_Flagged', 'Image_Normscope_Threshold', 'Image_Normscope_RankedBy'],
    ...['Image_Normscope_Model', 'Image_Normscope_Dataset'],
    ...scores.map((name) => `Image_Normscope_${name[0]!.toUpperCase()}${name.slice(1)}`),
    ...['Image_Normscope_Verdict', 'Image_Normscope_Reviewer', 'Image_Normscope_ReviewTime'],
    ...['Image_Normscope_Note', 'Image_Normscope_Category'],
  ];
}

type Cell = string | number | null;

interface Table {
  readonly modelId: number;
  readonly dataset: string;
  readonly scores: readonly string[];
  /** Of the score that ranks. */
  readonly name: string;
  readonly limit: number | null;
}

function cells(
  row: ExportRow,
  { place, anomalyRank }: Placed,
  { modelId, dataset, scores, name, limit }: Table,
): Cell[] {
  const raw = row.raw[name] ?? null;
  const anomalyScore = raw === null ? null : -raw;
  const flagged = anomalyScore === null || limit === null ? null : Number(anomalyScore > limit);
  return [
    ...[row.imageId, text(basename(row.path)), text(dirname(row.path)), row.hash],
    ...[row.role, text(row.class), text(row.group), text(row.domain), row.split],
    ...[place, anomalyScore, anomalyRank, flagged, limit, scoreTitle(name)],
    ...[modelId, text(dataset)],
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
