// The encoding of the names in a ZIP archive. The format knows UTF-8, by a flag, and the code page of the
// computer that wrote it, which it does not name: all names together are decoded in each that occurs, and the
// one that gives the most plausible text is taken.

import { isUtf8 } from 'node:buffer';

export interface NameEncoding {
  /** For users: "Shift JIS". */
  readonly title: string;
  decode(raw: Buffer): string;
  /** Whether another encoding is as plausible. */
  readonly isSure: boolean;
}

interface Candidate {
  readonly title: string;
  /** Throws when the bytes are none of this encoding. */
  readonly decode: (raw: Buffer) => string;
  /** How plausible a character is beside the one before and after it, −1 … 1 a byte. */
  readonly plausible: (character: string, before: string, after: string) => number;
}

const utf8: Candidate = {
  ...{ title: 'UTF-8', decode: strictly('utf-8'), plausible: () => 1 },
};

/** In the order of how often they occur, which decides between equals. */
const candidates: readonly Candidate[] = [
  { title: 'code page 437', decode: codePage437, plausible: latin },
  { title: 'Windows-1252', decode: strictly('windows-1252'), plausible: latin },
  { title: 'Shift JIS', decode: strictly('shift_jis'), plausible: japanese },
  { title: 'GB 18030', decode: strictly('gb18030'), plausible: chinese },
  { title: 'code page 866', decode: strictly('ibm866'), plausible: cyrillic },
  { title: 'Windows-1251', decode: strictly('windows-1251'), plausible: cyrillic },
];

/** Less is a guess. */
const surePerByte = 0.4;
/** Another encoding that is nearly as good. */
const sureMargin = 0.1;

/** names: as stored, of those without the flag for UTF-8; undefined when all are ASCII. */
export function nameEncoding(names: readonly Buffer[]): NameEncoding | undefined {
  const strange = names.filter((name) => name.some((byte) => byte >= 0x80));
  if (strange.length === 0) return undefined;
  if (strange.every((name) => isUtf8(name))) return { ...utf8, isSure: true };
  const bytes = strange.reduce((sum, name) => sum + highBytes(name), 0);
  const ranked = candidates
    .map((candidate) => ({ candidate, score: scoreOf(candidate, strange) / bytes }))
    .sort((a, b) => b.score - a.score);
  const [best, next] = [ranked[0]!, ranked[1]!];
  const isSure = best.score >= surePerByte && best.score - next.score >= sureMargin;
  const { title, decode } = best.score === -Infinity ? candidates[0]! : best.candidate;
  return { title, decode, isSure };
}

function highBytes(name: Buffer): number {
  return name.reduce((count, byte) => count + (byte >= 0x80 ? 1 : 0), 0);
}

/** −Infinity when a name is none of the encoding. */
function scoreOf({ decode, plausible }: Candidate, names: readonly Buffer[]): number {
  let score = 0;
  for (const name of names) {
    let text: string;
    try {
      text = decode(name);
    } catch {
      return -Infinity;
    }
    const characters = Array.from(text);
    for (const [at, character] of characters.entries()) {
      if (character < '\x80') continue;
      score += plausible(character, characters[at - 1] ?? '', characters[at + 1] ?? '');
    }
  }
  return score;
}

function strictly(encoding: string): (raw: Buffer) => string {
  const decoder = new TextDecoder(encoding, { fatal: true });
  return (raw) => decoder.decode(raw);
}

const letter = /^\p{Script=Latin}$/u;
const smallLetter = /^\p{Ll}$/u;
const asciiSmall = /^[a-z]$/;

/** Letters with accents stand between other letters; rows of them are another script read wrongly. */
function latin(character: string, before: string, after: string): number {
  if (character === '\xb5' && /^[mlMLg]$/.test(after)) return 1;
  if (!letter.test(character)) return /^[\xb5\xb0\xb2\xb3\xb1\xd7]$/.test(character) ? 0.6 : -1;
  const crowded = [before, after].filter((other) => other >= '\x80').length;
  if (crowded === 2) return -1;
  // A capital after a small letter is rare.
  const isOdd = !smallLetter.test(character) && smallLetter.test(before);
  return (isOdd ? 0.2 : 0.9) - (crowded === 1 ? 0.2 : 0);
}

/** Characters of two bytes, so that each counts twice. */
function japanese(character: string, before: string, after: string): number {
  if (asciiSmall.test(before) && asciiSmall.test(after)) return -2;
  if (/^[\u3041-\u30ff\u3005-\u3007]$/.test(character)) return 2;
  if (/^[\uff01-\uff5e\u3000-\u3003\u300c-\u300f]$/.test(character)) return 1;
  if (/^[\uff61-\uff9f]$/.test(character)) return -0.2;
  return /^\p{Script=Han}$/u.test(character) && isFirstLevel(character) ? 1.8 : 0.4;
}

function chinese(character: string, before: string, after: string): number {
  if (asciiSmall.test(before) && asciiSmall.test(after)) return -2;
  return /^\p{Script=Han}$/u.test(character) && isCommonChinese(character) ? 1.7 : 0.2;
}

function cyrillic(character: string, before: string, after: string): number {
  if (!/^\p{Script=Cyrillic}$/u.test(character)) return -1;
  if (/^[a-z]$/i.test(before) || /^[a-z]$/i.test(after)) return -0.8;
  const isOdd = /^\p{Lu}$/u.test(character) && smallLetter.test(before);
  const isAlone = ![before, after].some((other) => /^\p{Script=Cyrillic}$/u.test(other));
  return isOdd ? -0.5 : isAlone ? -0.2 : 0.95;
}

/** The common characters of JIS X 0208 and GB 2312: their lead bytes in their encodings. */
const firstLevel = leadSet('shift_jis', 0x88, 0x97);
const common = leadSet('gb18030', 0xb0, 0xd7);

function isFirstLevel(character: string): boolean {
  return firstLevel().has(character);
}

function isCommonChinese(character: string): boolean {
  return common().has(character);
}

/** Every character whose lead byte is in the range; made when it is first asked for. */
function leadSet(encoding: string, first: number, last: number): () => ReadonlySet<string> {
  let made: ReadonlySet<string> | undefined;
  return () => {
    if (made !== undefined) return made;
    const decoder = new TextDecoder(encoding);
    const found = new Set<string>();
    for (let lead = first; lead <= last; lead++) {
      const from = encoding === 'gb18030' ? 0xa1 : 0x40;
      for (let trail = from; trail <= 0xfc; trail++) {
        const text = decoder.decode(Buffer.from([lead, trail]));
        if (Array.from(text).length === 1 && text !== '\ufffd') found.add(text);
      }
    }
    return (made = found);
  };
}

const upper437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀' +
  'αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\xa0';

function codePage437(raw: Buffer): string {
  return [...raw]
    .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : upper437[byte - 0x80]!))
    .join('');
}
