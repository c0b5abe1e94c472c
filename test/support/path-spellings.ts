// Ways to ask for a file that must not be given: walks out of a folder in every spelling known to
// have worked somewhere.

const climbs = [
  ...['../', '..\\', '..%2f', '..%5c', '%2e%2e/', '%2e%2e%2f', '%252e%252e%252f', '.%2e/'],
  ...['..;/', '....//', '..%c0%af', '..%00/', './../', '.../', '%u002e%u002e/', '..%ef%bc%8f'],
];
const targets = [
  ...['etc/passwd', 'project.sqlite', 'package.json', 'windows/win.ini', 'normscope.log'],
  ...['PROJECT.SQLITE', 'project.sqlite.', 'project.sqlite::$DATA', 'project.sqlite%00.html'],
];
const starts = ['', 'assets/', 'thumb/', 'image/'];
const whole = [
  ...[
    '//etc/passwd',
    '/etc/passwd',
    'C:\\Windows\\win.ini',
    'C:/Windows/win.ini',
    'file:///etc/passwd',
  ],
  ...['\\\\server\\share\\file', '//server/share/file', 'CON', 'NUL.html', 'aux.js', 'index.html/'],
  ...['index.html%00', 'index.html.', 'INDEX.HTML', 'assets', 'assets/', 'assets/.html', '.', '..'],
  ...['~/.ssh/id_rsa', '%00', '%', '%zz', 'thumb', 'thumb/', 'image/../thumb/', '.git/config'],
];

/** Below the page's own address; none begins with what may be served. */
export const pathSpellings: readonly string[] = [
  ...starts.flatMap((start) =>
    climbs.flatMap((climb) => targets.map((target) => `${start}${climb.repeat(3)}${target}`)),
  ),
  ...whole,
];
