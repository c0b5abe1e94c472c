// How text is laid out and typed on a terminal.

import { printable } from '#domain/printable.ts';

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Columns that printable text takes on a terminal: East Asian characters take two, combining marks none. */
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
