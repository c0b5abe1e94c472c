// The core's process under Electron, run by the bundled Node: opens one project, answers the clients
// that main relays, and ends with main.

import { openApp, type App } from '#core/app.ts';
import { Failure } from '#domain/failure.ts';
import { channelOf } from '#processes/channel.ts';
import type { Link } from '#rpc/link.ts';
import type { FromCore, ToCore } from './core-message.ts';

interface ClientEnd {
  message: (text: string) => void;
  closed: () => void;
}

/** The core's ends of the links to main's clients. */
class Clients {
  readonly #ends = new Map<number, ClientEnd>();
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  add(client: number): void {
    this.#app.serve(this.#link(client));
  }

  take(client: number, text: string): void {
    this.#ends.get(client)?.message(text);
  }

  remove(client: number): void {
    this.#ends.get(client)?.closed();
    this.#ends.delete(client);
  }

  #link(client: number): Link {
    const end: ClientEnd = { message: () => undefined, closed: () => undefined };
    this.#ends.set(client, end);
    return {
      send: (message) => {
        if (this.#ends.get(client) === end) {
          tell({ kind: 'text', client, text: JSON.stringify(message) });
        }
      },
      onMessage: (listener) => {
        end.message = (text) => {
          const message = parse(text);
          if (message !== undefined) listener(message);
        };
      },
      onClose: (listener) => void (end.closed = listener),
      close: () => this.remove(client),
    };
  }
}

/** undefined when it is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const channel = channelOf(process);

function tell(message: FromCore): void {
  channel.send(message);
}

async function start(folder: string, create: boolean): Promise<void> {
  // Main may end while the project is being opened.
  const orphaned = new Promise<void>((resolve) => channel.onClose(resolve));
  const app = await openApp(folder, { create });
  const clients = new Clients(app);
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= app.close().finally(() => process.exit());
  };
  channel.onMessage((received) => {
    const message = received as ToCore;
    switch (message.kind) {
      case 'came':
        clients.add(message.client);
        break;
      case 'text':
        clients.take(message.client, message.text);
        break;
      case 'gone':
        clients.remove(message.client);
        break;
      case 'picture':
        void app
          .picture(message.wanted)
          .catch(() => undefined)
          .then((found) => tell({ kind: 'picture', id: message.id, found: found ?? null }));
        break;
      case 'close':
        close();
        break;
    }
  });
  void orphaned.then(close);
  // A signal at the terminal reaches every process of the group; main decides when this one ends.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => undefined);
  tell({ kind: 'ready' });
}

try {
  await start(process.argv[2]!, process.argv[3] === 'create');
} catch (error) {
  const isFailure = error instanceof Failure;
  if (!isFailure) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  tell({
    kind: 'failed',
    code: isFailure ? error.code : 'internal',
    message: error instanceof Error ? error.message : String(error),
  });
  channel.close();
  process.exitCode = 1;
}
