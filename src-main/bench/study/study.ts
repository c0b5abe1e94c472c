// The study: which read-out of which network ranks best, measured on public sets. Commands of a checkout,
// not packaged; docs/method-study.md says what they found.

import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEngine } from '#engine/engines.ts';
import { integers } from '../words.ts';
import { adviceLines, studyAdvice, type AdviceFigure } from './advice-study.ts';
import { loadBackbone, type FrozenBackbone } from './features.ts';
import { tableOf, type StudyFigure } from './figures.ts';
import { studyFrozen, type StudyContext } from './frozen-study.ts';
import { readOutliers, readSet, setNames, type SetName, type StudySet } from './study-sets.ts';
import { studyTrained, trainings } from './trained-study.ts';
import { studyVerdicts, verdictTable, type VerdictFigure } from './verdict-study.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Folder of the packed sets. */
    data: { type: 'string', default: process.env['NORMSCOPE_DEV_DATA'] ?? '../shared/data/dev' },
    /** Takes features, so that a repeated study takes seconds. */
    cache: { type: 'string', default: '.cache/study' },
    backbone: { type: 'string', default: 'resources/backbone/lite0.onnx' },
    card: { type: 'string', default: 'resources/backbone/lite0.json' },
    sets: { type: 'string', default: setNames.join(',') },
    seeds: { type: 'string', default: '0,1,2' },
    /** Normals that train, at most. */
    normals: { type: 'string', default: '500' },
    /** The recipe and the controls alone. */
    short: { type: 'boolean', default: false },
    /** What is normal in turn; every type when left out. */
    types: { type: 'string' },
    methods: { type: 'string', default: Object.keys(trainings).join(';') },
    steps: { type: 'string', default: '300' },
    size: { type: 'string', default: '32' },
    /** Confirmed anomalies. */
    verdicts: { type: 'string', default: '20' },
    threads: { type: 'string', default: '2' },
    /** A line of JSON for each figure is added to this file. */
    lines: { type: 'string' },
  },
});

const usage = `study.ts frozen [--sets pbc8,…] [--seeds 0,1,2] [--normals 500] [--short]
study.ts verdicts [--sets pbc8,…] [--seeds 0,1,2] [--verdicts 20]
study.ts advice [--sets pbc8,mitocheck] [--seeds 0,1,2]
study.ts trained [--sets pbc8,…] [--types neutrophil,…] [--methods NAME;…] [--steps 300] [--size 32]`;

const kind = positionals.join(' ');
if (kind !== 'frozen' && kind !== 'trained' && kind !== 'verdicts' && kind !== 'advice') {
  console.error(usage);
  process.exit(2);
}

/** Natural outliers that are read. */
const mostOutliers = 2000;

const engine = await openEngine('cpu', Number(values.threads));
let loaded: Promise<FrozenBackbone> | undefined;
const context: StudyContext = {
  engine,
  cache: values.cache,
  note: (text) => console.error(text),
  backbone: () => (loaded ??= loadBackbone(engine, values.backbone, values.card)),
};
const plan = {
  seeds: integers('seeds', values.seeds),
  most: Number(values.normals),
  isShort: values.short,
  ...(values.types === undefined ? {} : { tasks: values.types.split(',') }),
};
for (const name of setNames.filter((known) => values.sets.split(',').includes(known))) {
  await (kind === 'verdicts' ? studyOfVerdicts(name) : study(name));
}
await (await loaded)?.model.release();

async function studyOfVerdicts(name: SetName): Promise<void> {
  const set = await readSet(name, values.data);
  const figures: VerdictFigure[] = [];
  const own = { ...plan, verdicts: Number(values.verdicts) };
  for await (const figure of studyVerdicts(set, own, context)) {
    figures.push(figure);
    if (values.lines !== undefined) await appendFile(values.lines, `${JSON.stringify(figure)}\n`);
  }
  console.log(`\n${name}, ${values.verdicts} verdicts\n\n${verdictTable(figures).join('\n')}`);
}

function figuresOf(set: StudySet): AsyncGenerator<StudyFigure, void, undefined> {
  if (kind === 'frozen') return studyFrozen(set, plan, context);
  let outliers: ReturnType<typeof readOutliers> | undefined;
  const archive = join(values.data, 'oe_caltech101_64.tar.gz');
  const own = {
    steps: Number(values.steps),
    inputSize: Number(values.size),
    methods: values.methods.split(';'),
    outliers: () => (outliers ??= readOutliers(archive, set.card.channels, mostOutliers)),
  };
  return studyTrained(set, { ...plan, ...own }, context);
}

async function study(name: SetName): Promise<void> {
  const set = await readSet(name, values.data);
  if (kind === 'advice') {
    const found: AdviceFigure[] = [];
    for await (const figure of studyAdvice(set, plan, context)) found.push(figure);
    if (found.length > 0) console.log(`\n${name}\n\n${adviceLines(found).join('\n')}`);
    return;
  }
  const figures: StudyFigure[] = [];
  for await (const figure of figuresOf(set)) {
    figures.push(figure);
    if (values.lines !== undefined) await appendFile(values.lines, `${JSON.stringify(figure)}\n`);
  }
  const joined = Object.keys(set.card.together);
  for (const isJoined of [true, false]) {
    const own = figures.filter(({ normal }) => joined.includes(normal) === isJoined);
    if (own.length === 0) continue;
    const names = [...new Set(own.map(({ normal }) => normal))];
    console.log(`\n${name}, normal in turn: ${names.join(', ')}`);
    for (const part of ['valid', 'test'] as const)
      console.log(`\n${tableOf(own, part).join('\n')}`);
  }
}
