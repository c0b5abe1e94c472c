// Text from outside (names of files, of classes, of data sets) made safe to show: what a terminal or
// a reader's eye could be tricked by is written as its code.

/** Control and format characters (bidi overrides among them), line separators, lone surrogates. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One line of text without control characters: a newline becomes `\n`, an override `\u202e`. */
export function printable(text: string): string {
  return text.replace(unprintable, (found) => short[found] ?? codes(found));
}

/** JSON in one line that is safe on a terminal too; parsing it gives the same value. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(unprintable, codes);
}

function codes(found: string): string {
  return found
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Columns that printable text takes on a terminal: letters of East Asia take two, marks none. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (!/\p{M}/u.test(character)) width += wide.test(character) ? 2 : 1;
  }
  return width;
}

/** A word as it has to be typed in a shell. */
export function shellWord(word: string, platform: NodeJS.Platform = process.platform): string {
  const text = printable(word);
  if (/^[\w./:@%+=,\\-]+$/.test(text) && (platform === 'win32' || !text.includes('\\')))
    return text;
  if (platform === 'win32') return `"${text}"`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
