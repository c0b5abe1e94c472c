// `normscope import`: images into a dataset.

import { splitNames, type Split } from '#contract/core.ts';
import { roleConflicts, type ClassRoles } from '#contract/import/import-rules.ts';
import { givenPath } from '#core/archives/existing-path.ts';
import { Failure } from '#domain/failure.ts';
import { nearestName } from '#domain/nearest-name.ts';
import { roleMeaning, roleWordsLike, splitMeaning, splitWords } from '#domain/words/role-words.ts';
import { command, projectArgument } from '../command.ts';
import { importLines, isComplete, runImport } from '../importing.ts';
import { printable } from '#domain/printable.ts';
import { roleOption } from '../options/role-option.ts';
import { withProject } from '../project.ts';

export const importCommand = command({
  summary: 'Imports images into a dataset of a project, which is made when there is none',
  about: [
    'A PATH is an image (PNG, JPEG, WebP, BMP, TIFF), a folder, a .zip or .tar.gz archive, or a CSV or ' +
      'TSV table with the columns path, role, group, domain (or scanner, stain, site), label, split. Folders of classes and folders named ' +
      'train/good, test/good, test/DEFECT are recognised, and then say roles and splits themselves.',
    'Folders, tables and options may use the words of a lab: good, control, wt or DMSO for normal, abnormal, ' +
      'NG, defect or tumor for anomaly. A folder of anomalies never becomes normal by --role normal alone.',
    'Left out and counted: masks and label images, thumbnails and recycle bins, Normscope projects, and files ' +
      'that are no images; these are no failure.',
    'Originals stay where they are. The same image is never imported twice. A file that cannot be ' +
      'read is listed with the reason, and the import continues; the exit code is then 1.',
    'A group (patient, slide, plate) is never on two sides of a split. A domain (scanner, stain, site) may ' +
      'be on every side.',
    'With --tiles, an image larger than a tile is cut into squares, each an image of its own; the last ' +
      'of a row or column is moved inward to the edge. The pixels stay in the file. The tiles of one ' +
      'image are one group unless another is given.',
  ],
  arguments: {
    project: projectArgument,
    paths: { placeholder: 'PATH', meaning: 'images, folders, archives or tables', many: true },
  },
  options: {
    dataset: {
      kind: 'text',
      placeholder: 'NAME',
      meaning: 'the dataset the images go into; it is made when there is none',
      required: true,
    },
    role: {
      ...roleOption,
      meaning: 'what the images are; without it what folders say, else unlabelled',
    },
    'class-role': {
      kind: 'text',
      placeholder: 'CLASS=ROLE',
      meaning: 'the role of one class, or skip to leave it out; may be given several times',
      many: true,
    },
    conflicts: {
      kind: 'choice',
      choices: roleConflicts,
      meaning:
        'what counts where a folder contradicts --role; without it the folder for --role normal, else the role',
    },
    masks: {
      kind: 'switch',
      meaning: 'imports masks and label images too, which are left out otherwise',
    },
    group: {
      kind: 'text',
      placeholder: 'RULE',
      meaning:
        'where the group of an image stands: parent for the name of its folder, or a regular ' +
        'expression for its path whose first (…) is the group',
    },
    domain: {
      kind: 'text',
      placeholder: 'RULE',
      meaning:
        'scanner, stain or site of the images: a name for all, parent for the name of the folder, or a ' +
        'regular expression for the path whose first (…) is the domain',
    },
    tiles: {
      kind: 'text',
      placeholder: 'SIDE[,OVERLAP]',
      meaning: 'cuts images into squares of SIDE pixels that share OVERLAP pixels (0)',
    },
    split: {
      kind: 'text',
      placeholder: 'SPLIT',
      meaning:
        'train, calibrate, test or none for all images, or shares of the normal ones such as ' +
        '70/15/15 (train/calibrate/test)',
    },
    seed: {
      kind: 'integer',
      placeholder: 'N',
      min: 0,
      standard: 0,
      meaning: 'draws another split',
    },
  },
  examples: [
    {
      words: 'import Cells.normscope lymphocytes/ --dataset cells --role normal --group parent',
      meaning: 'Normal cells in one folder a patient.',
    },
    {
      words: 'import Slides.normscope fields/ --dataset fields --role normal --tiles 256,32',
      meaning: 'Large fields of view in squares of 256 pixels that overlap by 32.',
    },
    {
      words: 'import Cells.normscope photos.zip --dataset photos --role outlier',
      meaning: 'An archive of pictures to learn as outliers.',
    },
  ],
  run: async (
    { project, paths, dataset, role, group, domain, tiles, split, seed, ...more },
    shell,
  ) => {
    const { masks, conflicts, 'class-role': classRoles } = more;
    const input = {
      paths: await Promise.all(paths.map((path) => givenPath(path, process.cwd()))),
      dataset,
      ...(role === undefined ? {} : { role }),
      ...(classRoles.length === 0 ? {} : { classRoles: classRoles.map(parseClassRole) }),
      ...(conflicts === undefined ? {} : { conflicts }),
      ...(masks ? { masks: 'take' as const } : {}),
      ...(group === undefined ? {} : { group }),
      ...(domain === undefined ? {} : { domain }),
      ...(tiles === undefined ? {} : { tiles: parseTiles(tiles) }),
      ...(split === undefined ? {} : { split: parseSplit(split) }),
      seed,
    };
    const result = await withProject(shell, project, { create: true }, (client) =>
      runImport(client, shell, input),
    );
    shell.answer(result);
    shell.say(...importLines(dataset, result, tiles === undefined ? 'file' : 'image'));
    if (isComplete(result)) return 0;
    if (result.failed.length === 0) shell.note('There were no images to import.');
    return 1;
  },
});

/** Throws `bad-input`. */
function parseTiles(text: string): { side: number; overlap: number } {
  const [, side, overlap = '0'] = /^(\d{1,6})(?:,(\d{1,6}))?$/.exec(text.trim()) ?? [];
  const tiles = { side: Number(side), overlap: Number(overlap) };
  if (tiles.side >= 8 && tiles.side <= 65_536 && tiles.overlap < tiles.side) return tiles;
  throw new Failure(
    'bad-input',
    `--tiles is the side of a tile in pixels, 8 to 65536, and after a comma how many pixels ` +
      `neighbours share, fewer than the side, such as 256 or 256,32; not "${printable(text)}".`,
  );
}

/** Throws `bad-input`. */
export function parseSplit(text: string): Split | [number, number, number] {
  const side = splitMeaning(text);
  if (side !== undefined) return side;
  const shares = text
    .split('/')
    .map((share) => (/^\d+(\.\d+)?$/.test(share) ? Number(share) : NaN));
  const [train, calibrate, test] = shares;
  const isValid = shares.length === 3 && shares.reduce((sum, share) => sum + share, 0) > 0;
  if (isValid && train !== undefined && calibrate !== undefined && test !== undefined) {
    return [train, calibrate, test];
  }
  throw new Failure(
    'bad-input',
    `--split is one of ${splitNames.join(', ')}, or three shares such as 70/15/15 ` +
      `(train/calibrate/test), not "${printable(text)}"${nearestName(text, splitWords)}.${decimalPoints(text)}`,
  );
}

/** Throws `bad-input`. */
function parseClassRole(text: string): ClassRoles[number] {
  const at = text.lastIndexOf('=');
  const [name, word] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  const role = /^(skip|leave-?out)$/i.test(word) ? 'skip' : roleMeaning(word);
  if (at > 0 && name !== '' && role !== undefined && role !== 'mask') return { class: name, role };
  throw new Failure(
    'bad-input',
    `--class-role is the name of a class and its role, such as lymphocyte=normal or debris=skip, not ` +
      `"${printable(text)}"${nearestName(word, roleWordsLike(word))}.`,
  );
}

/** The shares as they should be written, where some have a decimal comma; else empty. */
function decimalPoints(text: string): string {
  const shares = text.split('/').map((share) => share.replace(/^\s*(\d+),(\d+)\s*$/, '$1.$2'));
  const isMeant = shares.length === 3 && shares.every((share) => /^\d+(\.\d+)?$/.test(share));
  return isMeant ? ` Write ${shares.join('/')}.` : '';
}
