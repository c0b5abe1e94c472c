// "npm run check": the checks that need nothing of each other, as many at a time as there are processors.
// What a check prints comes out in one piece when it ends, failures last, so that they are in sight.

import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Scripts of package.json, the longest first, so that the last one to end is a short one. */
const names = ['check:lint', 'check:types', 'check:format', 'check:dead', 'check:layers'];

interface Done {
  readonly name: string;
  readonly passed: boolean;
  readonly printed: string;
  readonly seconds: number;
}

/** A check that cannot be started fails. */
function runScript(name: string): Promise<Done> {
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', name], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // npm is a script on Windows.
      shell: process.platform === 'win32',
      env: { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
    });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
    }
    const end = (passed: boolean) => {
      resolve({ name, passed, printed, seconds: (performance.now() - start) / 1000 });
    };
    child.once('error', (error) => {
      printed += error.message;
      end(false);
    });
    child.once('close', (code) => {
      end(code === 0);
    });
  });
}

function report({ name, passed, printed, seconds }: Done): void {
  console.log(`${passed ? 'passed' : 'FAILED'}  ${name}  ${seconds.toFixed(1)} s`);
  const text = printed.trim();
  if (text !== '') console.log(`${text}\n`);
}

const waiting = [...names];
const failed: Done[] = [];

async function runNext(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const done = await runScript(name);
    if (done.passed) report(done);
    else failed.push(done);
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, runNext));
failed.forEach(report);
if (failed.length > 0) process.exitCode = 1;
