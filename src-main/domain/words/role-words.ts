// The words that labs use for roles and for sides of a split: one table for folder names, tables and the
// command line, whatever the case and with any of space, "-", "_" and "." between parts.

/** What a word says an image is; "mask" is no role: a mask belongs to an image. */
export type RoleMeaning = 'normal' | 'anomaly' | 'unlabelled' | 'outlier' | 'mask';
export type SplitMeaning = 'train' | 'calibrate' | 'test' | 'none';

const roleTable: Readonly<Record<RoleMeaning, readonly string[]>> = {
  normal: [
    ...['normal', 'normals', 'good', 'ok', 'okay', 'pass', 'passed', 'inlier', 'inliers'],
    ...['control', 'controls', 'ctrl', 'ctl', 'healthy', 'wt', 'wild-type', 'wild-types'],
    ...['dmso', 'vehicle', 'mock', 'untreated', 'unaffected', 'uninfected', 'undamaged'],
    ...['negative', 'negatives', 'neg', 'benign', 'nominal', 'intact', 'clean', 'regular'],
    ...['defect-free', 'anomaly-free', 'no-finding', 'no-findings', 'nondefective', 'nontumor'],
  ],
  anomaly: [
    ...[
      'anomaly',
      'anomalies',
      'anomalous',
      'anomal',
      'anormal',
      'abnormal',
      'abnormals',
      'abnormality',
    ],
    ...['abnormalities', 'bad', 'ng', 'nok', 'not-ok', 'not-good', 'no-good', 'fail', 'failed'],
    ...['failure', 'reject', 'rejected', 'defect', 'defects', 'defective', 'faulty', 'fault'],
    ...['faults', 'damaged', 'broken', 'diseased', 'disease', 'sick', 'ill', 'unhealthy'],
    ...['pathological', 'pathologic', 'tumor', 'tumors', 'tumour', 'tumours', 'tumoral'],
    ...['cancer', 'cancerous', 'malignant', 'lesion', 'lesions', 'positive', 'positives', 'pos'],
    ...['infected', 'affected', 'atypical', 'irregular'],
  ],
  unlabelled: [
    ...['unlabelled', 'unlabeled', 'unlabel', 'unknown', 'unknowns', 'unsorted', 'unclassified'],
    ...['unannotated', 'to-judge', 'to-review', 'unseen', 'unreviewed', 'undetermined'],
  ],
  outlier: ['outlier', 'outliers', 'ood', 'out-of-distribution', 'outlier-exposure'],
  mask: [
    ...['mask', 'masks', 'ground-truth', 'gt', 'gts', 'label', 'labels', 'label-image'],
    ...['label-images', 'label-map', 'label-maps', 'annotation', 'annotations', 'annot', 'annots'],
    // Without "seg" and "segmented", which are white blood cells: their masks are found by content.
    ...['segmentation', 'segmentations', 'segmap', 'segmaps', 'seg-map', 'seg-mask'],
    ...['segmentation-class', 'segmentation-object', 'binary-mask', 'instance-mask', 'cp-masks'],
    ...['outline', 'outlines', 'contour', 'contours'],
  ],
};

const splitTable: Readonly<Record<SplitMeaning, readonly string[]>> = {
  train: ['train', 'training', 'trainset', 'training-set', 'train-set'],
  calibrate: [
    ...['calibrate', 'calibration', 'calib', 'val', 'valid', 'validate', 'validation'],
    ...['validation-set', 'val-set', 'dev'],
  ],
  test: [
    ...['test', 'testing', 'testset', 'test-set', 'testing-set', 'eval', 'evaluation'],
    ...['holdout', 'hold-out', 'held-out'],
  ],
  none: ['none', 'unused'],
};

/** Words around the one that matters: "normal cells", "control images". */
const nouns: ReadonlySet<string> = new Set([
  ...['cell', 'cells', 'image', 'images', 'img', 'imgs', 'picture', 'pictures', 'photo', 'photos'],
  ...['sample', 'samples', 'class', 'tissue', 'tissues', 'group', 'set', 'data', 'donor', 'donors'],
  ...['patient', 'patients', 'slide', 'slides', 'well', 'wells', 'tile', 'tiles', 'plate', 'patch'],
  ...['patches', 'part', 'parts', 'case', 'cases', 'region', 'regions', 'the', 'all', 'only'],
]);
const negations: ReadonlySet<string> = new Set(['non', 'no', 'not', 'without']);

const roles = lookup(roleTable);
const splits = lookup(splitTable);

const roleWords = Object.values(roleTable).flat();
export const splitWords: readonly string[] = Object.values(splitTable).flat();

/**
 * Words from which the nearest to a mistyped one may be suggested: those that begin alike, because what is
 * put before a word denies it ("anormal", "unormal").
 */
export function roleWordsLike(text: string): readonly string[] {
  const first = text.trim().slice(0, 1).toLowerCase();
  return roleWords.filter((word) => word.startsWith(first));
}

/** undefined when the word is in no row of the table. */
export function roleMeaning(text: string): RoleMeaning | undefined {
  return roles.get(joined(text));
}

export function splitMeaning(text: string): SplitMeaning | undefined {
  return splits.get(joined(text));
}

/**
 * What the name of a folder says: as `roleMeaning`, also with numbers and nouns around the word
 * ("02_abnormal", "control cells", "WT-3") and with a negation before it ("non-tumor" is normal).
 */
export function roleOfName(name: string): RoleMeaning | undefined {
  const exact = roleMeaning(name);
  if (exact !== undefined) return exact;
  const parts = name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((part) => (/^\p{L}{2,}\d+$/u.test(part) ? part.replace(/\d+$/, '') : part))
    .filter((part) => part !== '' && !/^\d+$/.test(part) && !nouns.has(part));
  if (parts.length > 3) return undefined;
  const whole = roleMeaning(parts.join(''));
  if (whole !== undefined) return whole;
  if (parts.length < 2 || !negations.has(parts[0]!)) return undefined;
  const denied = roleMeaning(parts.slice(1).join(''));
  if (denied === 'anomaly') return 'normal';
  return denied === 'normal' ? 'anomaly' : undefined;
}

function joined(text: string): string {
  return text.toLowerCase().replace(/[\s_.-]+/g, '');
}

function lookup<Meaning extends string>(
  table: Readonly<Record<Meaning, readonly string[]>>,
): ReadonlyMap<string, Meaning> {
  const rows = Object.entries<readonly string[]>(table);
  return new Map(
    rows.flatMap(([meaning, words]) =>
      words.map((word) => [joined(word), meaning as Meaning] as const),
    ),
  );
}
