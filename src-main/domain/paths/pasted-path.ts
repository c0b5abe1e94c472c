// Paths as people paste them: in the quotes of a file manager, as a file: address, below the home folder, with
// marks and line ends that nobody sees.

/** Marks of direction and order, which a file manager may put before a path that is copied from it. */
const unseen =
  /^[\s\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+|[\s\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+$/g;

const quotes: readonly (readonly [string, string])[] = [
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”'],
  ['„', '“'],
  ['‘', '’'],
  ['«', '»'],
  ['<', '>'],
];

/**
 * The path that is meant, with the separators that it has; it need not be absolute. home: the user's folder,
 * for "~"; left out, "~" stays.
 */
export function pastedPath(text: string, home?: string): string {
  const path = ofFileAddress(unquoted(text));
  if (home === undefined || !/^~(?=$|[\\/])/.test(path)) return path;
  return home + path.slice(1);
}

function unquoted(text: string): string {
  const bare = text.replace(unseen, '');
  const pair = quotes.find(
    ([open, close]) => bare.length > 1 && bare.startsWith(open) && bare.endsWith(close),
  );
  return pair ? unquoted(bare.slice(1, -1)) : bare;
}

/** "file:///C:/a%20b" is "C:/a b", "file:///a" is "/a", "file://server/share" is "//server/share". */
function ofFileAddress(text: string): string {
  const [, host, rest] = /^file:(?:\/\/([^/]*))?(\/.*)$/i.exec(text) ?? [];
  if (rest === undefined) return text;
  const path = decoded(rest);
  if (/^\/[a-z]:/i.test(path)) return path.slice(1);
  return host === undefined || host === '' || /^localhost$/i.test(host) ? path : `//${host}${path}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that begins no escape is part of the name.
    return text;
  }
}
