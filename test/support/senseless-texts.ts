// Messages that no client of ours would send, as texts: broken JSON, JSON of the wrong shape, calls of
// names that do not exist, and calls of those that do with inputs that no method takes.

const names = [
  ...['constructor', '__proto__', 'toString', 'projects.open', 'runs.train', 'jobs.stop'],
  ...['images.import', 'files.reveal', 'theme.set', 'items.edit', '', 'x'.repeat(10_000)],
];

let deep: unknown = 1;
for (let i = 0; i < 1000; i++) deep = [deep];

const inputs: readonly string[] = [
  ...[null, 1, -0, '', '\ud800', [], [{}], deep, { folder: 'relative' }, { folder: 1 }],
  ...[{ paths: ['/'], dataset: '' }, { jobId: -1 }, 'x'.repeat(100_000), { theme: 'no' }],
  ...[{ path: '\0' }, { constructor: 1 }, { dataset: 'cells', limit: 1e308 }],
]
  .map((input) => JSON.stringify(input))
  .concat('{"__proto__":{"isAdmin":true}}', '{"runId":1e999}');

const shapes: readonly ((id: number) => string)[] = [
  (id) => `{"kind":"call","id":${id}`,
  () => '[[[[[[',
  () => 'null',
  () => '\0',
  () => '{"kind":"stop","id":"x"}',
  (id) => `{"kind":"event","name":${JSON.stringify(names[id % names.length])},"data":{}}`,
  (id) => `{"kind":"result","id":${id},"output":1}`,
  (id) => `{"kind":"error","id":${id},"error":{"code":"internal","message":"x"}}`,
];

/** The text of message `id`, 0 …: every second one a call. */
export function senselessText(id: number): string {
  if (id % 2 === 0) return shapes[(id / 2) % shapes.length]!(id);
  const name = JSON.stringify(names[id % names.length]);
  return `{"kind":"call","id":${id},"name":${name},"input":${inputs[id % inputs.length]!}}`;
}
