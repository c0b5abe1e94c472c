// `normscope backbone`: networks trained elsewhere, as ONNX files with cards.

import { resolve } from 'node:path';
import type { Backbones } from '#core/backbones/backbones.ts';
import type { Backbone } from '#core/backbones/kept-backbone.ts';
import { Failure } from '#domain/failure.ts';
import { printable } from '#domain/printable.ts';
import { StopSource } from '#domain/stop.ts';
import { command } from '../command.ts';
import type { Shell } from '../shell.ts';
import { table } from '../output/table.ts';

/** An example of each entry, and what it means. */
const cardEntries = [
  ['"name": "own"', 'what commands call it: small letters, digits, dots and dashes'],
  ['"title", "licence"', 'free text: "EfficientNet-Lite0", "Apache-2.0"'],
  ['"source"', 'where it comes from, and what it was trained on'],
  ['"sha256"', 'of the file; if it is given, no other file is accepted'],
  ['"input": {…}', 'of one input, with these entries:'],
  ['  "name": "x"', 'in the file'],
  ['  "size": 112', 'side of the square image, pixels'],
  ['  "channels": 3', '3 for colour, 1 for grey'],
  ['  "layout": "NCHW"', 'images, channels, rows, columns: the only one supported'],
  ['  "range": [0, 255]', 'the values of black and of white, before normalisation'],
  ['  "mean": [127, 127, 127]', 'subtracted from each channel'],
  ['  "deviation": [128, …]', 'then divides each channel'],
  ['"outputs": [{…}, …]', 'those to be used, each with these entries:'],
  ['  "name": "s112"', 'in the file'],
  [
    '  "kind": "vector"',
    'vector: [images, channels]. map: [images, channels, rows, columns], of which the mean and the ' +
      'standard deviation of each channel are taken',
  ],
  ['  "channels": 224', 'of that output'],
] as const;

export const backbone = command({
  summary: 'Adds, lists and removes backbones: networks trained elsewhere, as ONNX files',
  about: [
    'A backbone is not trained here: its features are used as they are. "lite0" comes with Normscope: ' +
      'EfficientNet-Lite0 with ImageNet weights (Apache-2.0); images are resized to 112 px.',
    'You may add others: "backbone add FILE --card CARD.json" ' +
      'copies the ONNX file into the user’s data folder under its SHA-256, after running it on one image ' +
      'and comparing its outputs with the card. NORMSCOPE_BACKBONES names another folder.',
    'A file must hold its weights itself and take 32-bit floats. "evaluate --backbone NAME" measures the ' +
      'features of a backbone beside a model.',
  ],
  lists: { 'What a card says (JSON)': cardEntries },
  arguments: {
    action: { placeholder: 'add|list|remove', meaning: 'what to do' },
    what: {
      placeholder: 'FILE|NAME',
      meaning: 'the ONNX file to add; the name of the backbone to remove',
      optional: true,
    },
  },
  options: {
    card: {
      kind: 'text',
      placeholder: 'CARD.json',
      meaning:
        'with add: what the file is; left out, the file of the same name with the ending .json',
    },
  },
  examples: [
    { words: 'backbone add own.onnx --card own.json', meaning: 'Checks the file and adds it.' },
    { words: 'backbone list --json', meaning: 'The cards of all backbones, for a script.' },
    { words: 'backbone remove own', meaning: 'Removes the card, and the file with it.' },
  ],
  run: async ({ action, what, card }, shell) => {
    // Loaded here, so that help appears immediately.
    const core = await import('#core/backbones/backbones.ts');
    const backbones = new core.Backbones();
    if (action === 'list' && what === undefined) return await list(backbones, shell);
    if (action === 'add' && what !== undefined) {
      const { cardBeside } = await import('#core/backbones/read-card.ts');
      const file = resolve(what);
      return await add(backbones, file, card ? resolve(card) : cardBeside(file), shell);
    }
    if (action === 'remove' && what !== undefined) {
      await backbones.remove(what);
      shell.answer({ removed: what });
      shell.say(`The backbone ${printable(what)} has been removed.`);
      return 0;
    }
    const known = ['add FILE [--card CARD.json]', 'list', 'remove NAME'];
    const asked = printable(['backbone', action, ...(what === undefined ? [] : [what])].join(' '));
    throw new Failure(
      'bad-input',
      `There is no "${asked}"; there are: ${known.map((words) => `backbone ${words}`).join(', ')}.`,
    );
  },
});

async function add(
  backbones: Backbones,
  file: string,
  card: string,
  shell: Shell,
): Promise<number> {
  const stop = new StopSource();
  const progress = shell.progress('Adding');
  progress.update({
    done: 0,
    total: null,
    unit: 'images',
    details: ['one image through the file'],
  });
  const { backbone, trial } = await shell.interrupts
    .during(() => stop.stop(), backbones.add(file, card, stop))
    .finally(() => progress.end());
  shell.answer({ backbone: described(backbone), ...trial });
  const { name, title } = backbone.card;
  shell.say(
    `The backbone ${name} (${printable(title)}) has been added. One image took ` +
      `${trial.milliseconds.toFixed(0)} ms.`,
    ...trial.outputs.map((output) => `  ${printable(output.name)}  [${output.shape.join(', ')}]`),
    `  ${printable(backbone.path)}`,
  );
  return 0;
}

async function list(store: Backbones, shell: Shell): Promise<number> {
  const { backbones, broken } = await store.list();
  shell.answer({ backbones: backbones.map(described), broken });
  const rows = backbones.map(({ card, bytes, bundled }) => [
    ...[card.name, bundled ? 'bundled' : 'added'],
    ...[printable(card.title), printable(card.licence)],
    ...[`${card.input.size} px`, `${(bytes / 1e6).toFixed(1)} MB`],
    card.outputs.map(({ name }) => printable(name)).join(' '),
  ]);
  const titles = ['name', 'from', 'title', 'licence', 'input', 'file', 'outputs'];
  if (rows.length > 0)
    shell.say(
      ...table(
        titles.map((title) => ({ title })),
        rows,
      ),
    );
  for (const { name, fault } of broken) {
    shell.note(`The backbone ${name} cannot be used: ${fault}`);
  }
  return 0;
}

function described({ card, path, bytes, bundled }: Backbone): object {
  return { ...card, bundled, bytes, path };
}
