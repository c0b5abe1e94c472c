// The server's process: opens a project and serves it until it is interrupted. Started by the
// command "serve"; prints the address as a JSON line on standard output.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openApp } from '#core/app.ts';
import { Failure } from '#domain/failure.ts';
import { serveProject } from './serve-project.ts';

const root = new URL('../../../', import.meta.url);

async function version(): Promise<string> {
  const text = await readFile(new URL('package.json', root), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function start(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '0' },
      create: { type: 'boolean', default: false },
    },
  });
  // The parent process may end while the project is being opened.
  const orphaned = once(process, 'disconnect');
  const app = await openApp(positionals[0]!, { create: values.create });
  const pageFolder = fileURLToPath(new URL('dist/renderer/', root));
  try {
    const served = await serveProject({
      ...{ app, pageFolder, port: Number(values.port), version: await version() },
    });
    let ending: Promise<void> | undefined;
    const end = () => {
      ending ??= served
        .close()
        .then(app.close)
        .finally(() => process.exit());
    };
    // A signal may arrive twice: from the terminal and from the parent process.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
    void orphaned.then(end);
    // A token works once; a line on standard input requests the next one.
    process.stdin.on('data', () => print(served.address()));
    print(served.address());
  } catch (error) {
    await app.close();
    throw error;
  }
}

function print(address: string): void {
  process.stdout.write(`${JSON.stringify({ address })}\n`);
}

try {
  await start();
} catch (error) {
  const { code, message } =
    error instanceof Failure ? error : { code: 'internal', message: String(error) };
  process.stderr.write(`${JSON.stringify({ error: { code, message } })}\n`);
  process.exit(1);
}
