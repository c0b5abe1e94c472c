import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { purpose, RandomStream } from '#domain/random.ts';
import { sizes } from '../../support/sizes.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import { steps } from './core-to-kill.ts';
import { copyOf, inCatalogue, makeTemplate, scoreRows, weightsOf, workersOf } from './project.ts';

const newFolder = tempFolders();
const script = fileURLToPath(new URL('./core-to-kill.ts', import.meta.url));

/** A point of the main job. */
interface Moment {
  readonly phase: 'train' | 'score';
  /** Steps or images done. */
  readonly done: number;
}

/** Runs the job in a process; kills it at `moment`. Returns its last line. */
async function runCore(project: string, moment?: Moment): Promise<string> {
  const child = spawn(process.execPath, [script, project], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  let last = 'nothing';
  let workers: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    last = line;
    if (moment && child.exitCode === null && isReached(line, moment)) {
      workers = workersOf(child.pid!);
      child.kill('SIGKILL');
    }
  }
  const code = await closed;
  if (code !== 0 && code !== null) throw new Error(errors);
  // A worker whose core is gone ends by itself.
  for (let wait = 0; workers.some(isAlive); wait++) {
    if (wait === 500) throw new Error('A worker outlived its core by ten seconds.');
    await setTimeout(20);
  }
  return last;
}

function isReached(line: string, { phase, done }: Moment): boolean {
  const [name, count] = line.split(' ');
  const order = ['train', 'calibrate', 'score', 'done'];
  const isLater = order.indexOf(name!) > order.indexOf(phase);
  return isLater || (name === phase && Number(count) >= done);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const { train, score } = sizes.coreKills;

/** The same in each run, in the order in which the job passes them. */
function drawMoments(): Moment[] {
  const stream = new RandomStream(20261124, purpose.sample);
  const trained = Array.from({ length: train }, () => 1 + stream.integer(steps - 1));
  return [
    ...trained.sort((a, b) => a - b).map((done): Moment => ({ phase: 'train', done })),
    // Nine are scored to calibrate.
    ...Array.from({ length: score }, (_, at): Moment => {
      return { phase: 'score', done: 10 + 15 * at + stream.integer(10) };
    }),
  ];
}

describe('a core that is killed', () => {
  it(`at ${train + score} moments of the main job ends with the same weights and scores`, async () => {
    const template = await makeTemplate(newFolder(), { normal: 48, anomalous: 16, outliers: 12 });
    const whole = await copyOf(template, newFolder());
    expect(await runCore(whole)).toBe('done 0');
    const [weights, scores] = [await weightsOf(whole), await scoreRows(whole)];
    expect(scores).toHaveLength(64);

    const project = await copyOf(template, newFolder());
    const lastLines: string[] = [];
    for (const moment of drawMoments()) lastLines.push(await runCore(project, moment));
    console.log(`killed at: ${lastLines.join(', ')}`);
    expect(lastLines).not.toContain('done 0');
    expect(await runCore(project)).toBe('done 0');

    expect(await weightsOf(project)).toBe(weights);
    expect(await scoreRows(project)).toEqual(scores);
    const states = await inCatalogue(project, (database) =>
      database.read((reader) => reader.all('select state, steps_done steps from run')),
    );
    expect(states).toEqual([{ state: 'succeeded', steps }]);
  }, 600_000);
});
