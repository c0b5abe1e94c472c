// Text from outside (names of files, of classes, of data sets) made safe to show: characters that
// could mislead a terminal or a reader are written as their codes.

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
