// The pieces of a file's name and of its folders' names, and the regular expression that finds a chosen piece in
// names that are built alike.

/** Between pieces. */
const separators = ' ._-';
const pieceChars = `[^/${separators}]+`;

export interface Piece {
  readonly text: string;
  /** 0 the file, 1 its folder, 2 the folder around it. */
  readonly level: number;
  /** Among the pieces of its level, from 0. */
  readonly at: number;
  /** What follows it: separators, "/" at the end of a folder, or nothing. */
  readonly after: string;
}

/** Of the file and of at most two folders, in the order of the path. Separators before a first piece are left out. */
export function piecesOf(path: string): readonly Piece[] {
  const names = path
    .replaceAll('\\', '/')
    .split('/')
    .filter((name) => name !== '');
  const last = names.slice(-3);
  return last.flatMap((name, index) => {
    const level = last.length - 1 - index;
    const texts = [...name.matchAll(piecesAndSeparators)];
    return texts.map(([, text = '', after = ''], at) => ({
      ...{ text, level, at },
      after: at === texts.length - 1 && level > 0 ? `${after}/` : after,
    }));
  });
}

const piecesAndSeparators = new RegExp(`(${pieceChars})([${separators}]*)`, 'gu');

/**
 * Finds the pieces from `first` to `last`, both of one level, with what stands between them. It fits names with the
 * same separators before them; digits and letters of the pieces may differ.
 */
export function patternOf(path: string, first: Piece, last: Piece): string {
  const own = piecesOf(path).filter(({ level }) => level === first.level);
  const part = (from: number, to: number) =>
    own
      .slice(from, to)
      .map(({ after }) => pieceChars + escaped(after))
      .join('');
  const chosen = part(first.at, last.at) + pieceChars;
  const next = own[last.at]!.after.replace('/', '');
  const folders = first.level === 0 ? '' : `(?:/[^/]*){${first.level}}`;
  // What follows the chosen pieces ends them, so that a longer name with more pieces fits as well.
  return `(?:^|/)[${separators}]*${part(0, first.at)}(${chosen})${next === '' ? '' : `${escaped(next)}[^/]*`}${folders}$`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
