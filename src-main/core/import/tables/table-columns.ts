// Which column of a table means what: our own names, the names that other programs use for the same, file
// names in two columns (CellProfiler), and which column could be meant when none fits.

import { Failure } from '#domain/failure.ts';
import { pastedPath } from '#domain/paths/pasted-path.ts';

export interface TableColumns<Column extends string> {
  /** The trimmed text of a cell; empty without such a column. */
  cell(cells: readonly string[], column: Column): string;
  /** The path of a row as it is written; empty for none. */
  path(cells: readonly string[]): string;
  /** Columns that are ignored. */
  readonly ignored: readonly string[];
  /** Texts for the user: 'column "filename" read as path'. */
  readonly meanings: readonly string[];
}

const imageName = /\.(png|jpe?g|webp|bmp|tiff?)$/i;

/** Names without case, spaces and marks. */
const pathNames = [
  ...['path', 'filepath', 'imagepath', 'imagefilepath', 'fullpath', 'fullfilename'],
  ...['filename', 'imagefilename', 'imagefile', 'imagename', 'file', 'image', 'img', 'imgpath'],
  ...['files', 'images', 'paths', 'location', 'url', 'uri'],
];
const folderNames = ['pathname', 'imagepathname', 'folder', 'directory', 'dir', 'folderpath'];
const synonyms: Readonly<Record<string, readonly string[]>> = {
  label: ['class', 'classname', 'category'],
};
/** What an export of ours, or of CellProfiler, puts before the names of columns. */
const prefix = /^(?:image_)?metadata_(?=(?:role|class|label|group|domain|split)$)/;
/** Columns that may well be the group, which only the user knows. */
const groupNames = ['patient', 'patientid', 'subject', 'subjectid', 'donor', 'slide', 'plate'];

/**
 * columns: our own names but "path". Throws `bad-input` where no column has paths, with the column that could
 * be meant, and where several have.
 */
export function tableColumns<Column extends string>(
  file: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
  columns: readonly Column[],
): TableColumns<Column> {
  const names = header.map((name) => name.trim().toLowerCase());
  const places = new Map<string, number>();
  const meanings: string[] = [];
  const mean = (meaning: string, at: number) => {
    places.set(meaning, at);
    if (names[at] !== meaning) meanings.push(`column "${header[at]!.trim()}" read as ${meaning}`);
  };
  for (const column of columns) {
    const at = placeOf(names, column);
    if (at >= 0) mean(column, at);
  }
  const { fileAt, folderAt } = pathColumns(file, header, rows);
  mean('path', fileAt);
  if (folderAt >= 0) meanings.push(`folders in column "${header[folderAt]!.trim()}"`);
  const used = new Set([...places.values(), folderAt]);
  const ignored = names.filter((name, at) => name !== '' && !used.has(at));
  const group = ignored.find((name) => groupNames.includes(plain(name)));
  if (group !== undefined && !places.has('group')) {
    meanings.push(`column "${group}" could be the group: name it "group" to use it`);
  }
  return {
    ...{ ignored, meanings },
    cell: (cells, column) => cells[places.get(column) ?? -1]?.trim() ?? '',
    path: (cells) => {
      const name = written(cells[fileAt]);
      const folder = folderAt < 0 ? '' : written(cells[folderAt]);
      if (folder === '' || name === '' || isWhole(name)) return name;
      // A column of paths beside one of names may hold whole paths.
      if (imageName.test(folder)) return folder;
      return `${folder.replace(/[\\/]+$/, '')}${folder.includes('\\') ? '\\' : '/'}${name}`;
    },
  };
}

/** A cell with quotes or a file: address is a pasted path; any other one is a name, whatever marks it has. */
function written(cell = ''): string {
  const text = cell.trim();
  return /^(?:file:|["'“„«])/i.test(text) ? pastedPath(text) : text;
}

function placeOf(names: readonly string[], column: string): number {
  const own = names.indexOf(column);
  if (own >= 0) return own;
  const wanted = [column, ...(synonyms[column] ?? [])];
  return names.findIndex((name) => {
    const bare = name.replace(prefix, '');
    return bare === name
      ? (synonyms[column]?.includes(plain(name)) ?? false)
      : wanted.includes(bare);
  });
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_.-]+/g, '');
}

/** Absolute on any system. */
function isWhole(path: string): boolean {
  return /^([\\/]|[a-z]:[\\/])/i.test(path);
}

function pathColumns(
  file: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): { fileAt: number; folderAt: number } {
  const names = header.map(plain);
  const channels = channelColumns(header);
  const fits = pathNames.map((name) => names.indexOf(name)).filter((at) => at >= 0);
  const [first] = fits;
  if (first === undefined && channels.length > 1) throw severalChannels(file, header, channels);
  const channel = channels[0];
  if (first === undefined && channel !== undefined) {
    return { fileAt: channel.at, folderAt: folderOfChannel(header, channel.name) };
  }
  if (first === undefined) throw noPaths(file, header, rows);
  // "path" may name the folder of the file that another column names.
  const second = fits.find((at) => at !== first && isNames(rows, at));
  if (second !== undefined && !isNames(rows, first)) return { fileAt: second, folderAt: first };
  const folder = folderNames.map((name) => names.indexOf(name)).find((at) => at >= 0);
  return { fileAt: first, folderAt: folder ?? -1 };
}

interface ChannelColumn {
  readonly name: string;
  readonly at: number;
}

/** CellProfiler's FileName_DNA or Image_FileName_DNA. */
function channelColumns(header: readonly string[]): ChannelColumn[] {
  return header.flatMap((title, at) => {
    const [, name] = /^(?:image_)?filename_(.+)$/i.exec(title.trim()) ?? [];
    return name === undefined ? [] : [{ name, at }];
  });
}

function folderOfChannel(header: readonly string[], name: string): number {
  const wanted = [`pathname_${name}`, `image_pathname_${name}`].map((text) => text.toLowerCase());
  return header.findIndex((title) => wanted.includes(title.trim().toLowerCase()));
}

/** Whether the first cells that are filled name image files. */
function isNames(rows: readonly (readonly string[])[], at: number): boolean {
  const filled = rows.map((cells) => written(cells[at])).filter((text) => text !== '');
  const some = filled.slice(0, 20);
  return some.length > 0 && some.every((text) => imageName.test(text));
}

function severalChannels(
  file: string,
  header: readonly string[],
  channels: readonly ChannelColumn[],
): Failure {
  const titles = channels.map(({ at }) => `"${header[at]!.trim()}"`);
  return new Failure(
    'bad-input',
    `The table names the files of ${channels.length} channels: ${titles.join(', ')}. Name the column of ` +
      `the channel to import "path" (with its folder, if it stands in a column of its own), or delete the others.`,
    file,
  );
}

function noPaths(
  file: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): Failure {
  const titles = header.map((title) => title.trim()).filter((title) => title !== '');
  const told = titles.length === 0 ? 'none' : titles.map((title) => `"${title}"`).join(', ');
  const meant = header.filter((title, at) => title.trim() !== '' && isNames(rows, at));
  const remedy =
    meant.length === 0
      ? 'Its first line must name the columns: path, and optionally role, group, domain (or scanner, stain, ' +
        'site), label, split.'
      : `The paths could be meant by ${meant.map((title) => `"${title.trim()}"`).join(' or ')}: name that ` +
        'column "path".';
  return new Failure(
    'bad-input',
    `The table has no column "path". Its columns are ${told}. ${remedy}`,
    file,
  );
}
