// "npm run test:perf": runs the test files that have budgets, compares each time with the stored ratio
// and prints a table. Fails only for what is clearly worse in each of three rounds on a machine that has
// nothing else to do. "-- --record" stores the ratios of this run instead; "-- --window" takes the
// scenarios of the window, which need "npm run build".

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Measured } from '../support/budget.ts';
import { bestOf, isBusy, judge, worseFrom, type Judged, type Ratios } from './judge.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const ratiosPath = join(import.meta.dirname, 'ratios.json');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const rounds = 3;

/** The test files that call budget(): scenarios of the window, or all others. */
async function filesWithBudgets(ending: string): Promise<string[]> {
  const names = await readdir(join(root, 'test'), { recursive: true });
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => join('test', name))
    .filter((path) => readFileSync(join(root, path), 'utf8').includes('/support/budget.ts'));
}

/** One run of the files, one after the other. Throws when a test fails: its times mean nothing. */
function measure(words: readonly string[]): Measured[] {
  const folder = mkdtempSync(join(tmpdir(), 'normscope-perf-'));
  const collected = join(folder, 'times.jsonl');
  try {
    const done = spawnSync(
      process.execPath,
      [vitest, 'run', '--no-file-parallelism', '--silent', '--reporter=dot', ...words],
      { cwd: root, stdio: 'inherit', env: { ...process.env, NORMSCOPE_PERF_FILE: collected } },
    );
    if (done.status !== 0) throw new Error('A test of these files fails, see above.');
    const lines = readFileSync(collected, 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line) as Measured);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(judged: readonly Judged[]): void {
  const width = Math.max(...judged.map(({ name }) => name.length));
  console.log(`\n${'budget'.padEnd(width)}         ms  reference   ratio  stored`);
  for (const { name, ms, referenceMs, ratio, stored, verdict } of judged) {
    const figures = [ms.toFixed(1).padStart(9), referenceMs.toFixed(1).padStart(9)];
    const ratios = [ratio.toFixed(2), stored?.toFixed(2) ?? '–'].map((text) => text.padStart(6));
    console.log([name.padEnd(width), ...figures, ...ratios, verdict].join('  '));
  }
}

const words = process.argv.includes('--window')
  ? ['--config', 'test/e2e/vitest.config.ts', ...(await filesWithBudgets('.scenario.ts'))]
  : await filesWithBudgets('.test.ts');
const stored = JSON.parse(readFileSync(ratiosPath, 'utf8')) as Ratios;
if (process.argv.includes('--record')) {
  const judged = measure(words).map((one) => judge(one, stored));
  print(judged);
  const measured = judged.map(({ name, ratio }) => [name, Number(ratio.toPrecision(3))] as const);
  const all = Object.entries({ ...stored, ...Object.fromEntries(measured) });
  const sorted = all.sort(([a], [b]) => a.localeCompare(b));
  writeFileSync(ratiosPath, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  console.log(`\n${judged.length} ratios are stored in test/perf/ratios.json.`);
} else {
  const all: Judged[][] = [];
  let wasBusy = false;
  for (let round = 0; round < rounds; round++) {
    const measured = measure(words);
    wasBusy ||= isBusy(measured);
    all.push(measured.map((one) => judge(one, stored)));
    if (bestOf(all).every(({ verdict }) => verdict !== 'worse')) break;
  }
  const judged = bestOf(all);
  print(judged);
  const worse = judged.filter(({ verdict }) => verdict === 'worse');
  console.log(
    worse.length === 0
      ? `\n${judged.filter(({ stored: known }) => known !== undefined).length} of ${judged.length} ` +
          'times have a stored ratio, and hold it.'
      : `\n${worse.length} of ${judged.length} times are more than ${worseFrom} times the stored ` +
          `ratio in each of ${all.length} rounds: ${worse.map(({ name }) => name).join(', ')}.`,
  );
  if (worse.length > 0 && wasBusy) {
    console.warn('The machine was busy with other work, so this is a warning and no failure.');
  }
  process.exitCode = worse.length > 0 && !wasBusy ? 1 : 0;
}
