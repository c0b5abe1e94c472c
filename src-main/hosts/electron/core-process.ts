// The core of one project as a child process: starts it, relays its messages, ends it. Knows no window.

import type { coreMethods, CoreEvents } from '#contract/core.ts';
import type { PictureAddress } from '#contract/page.ts';
import { startChild, type Child, type Exit } from '#processes/child.ts';
import { connect, type Client } from '#rpc/connect.ts';
import type { Link } from '#rpc/link.ts';
import type { CallsOf } from '#rpc/method.ts';
import type { FromCore, ToCore } from './core-message.ts';
import type { Places } from './places.ts';

/** Bytes of the core's error output that are kept to be shown. */
const tailLength = 8000;

/** A core that has not ended after this time is killed, milliseconds. */
const patienceMs = 15_000;

export interface FoundPicture {
  readonly path: string;
  readonly type: string;
}

/** Why a core has ended, or was never started. */
export interface CoreEnd {
  /** `undefined` when it ended by itself after it had opened the project. */
  readonly failure: { readonly code: string; readonly message: string } | undefined;
  readonly log: string;
}

export interface CoreListeners {
  readonly onReady: () => void;
  /** Called once. */
  readonly onEnd: (end: CoreEnd) => void;
}

/** Receives the texts for a client; the empty text says that the core has ended. */
export type TakeText = (text: string) => void;

export class CoreProcess {
  /** Main's own client. */
  readonly client: Client<CallsOf<typeof coreMethods>, CoreEvents>;
  readonly #child: Child;
  readonly #clients = new Map<number, TakeText>();
  readonly #pictures = new Map<number, (found: FoundPicture | null) => void>();
  readonly #ended: Promise<void>;
  #nextId = 1;
  #failure: CoreEnd['failure'];
  #isOver = false;

  constructor(places: Places, folder: string, create: boolean, listeners: CoreListeners) {
    this.#child = startChild({
      ...{ node: places.node, entry: places.coreEntry, tailLength },
      args: [folder, create ? 'create' : 'open'],
    });
    this.#child.channel.onMessage((message) => this.#take(message as FromCore, listeners));
    this.#child.channel.onClose(() => (this.#isOver = true));
    this.#ended = this.#child.exited.then((exit) => this.#end(exit, listeners));
    this.client = connect(this.#ownLink());
  }

  /** Connects a client: `take` gets the texts for it, `send` passes on the texts from it, until `remove`. */
  add(take: TakeText): { readonly send: TakeText; readonly remove: () => void } {
    const client = this.#nextId++;
    this.#clients.set(client, take);
    this.#tell({ kind: 'came', client });
    return {
      send: (text) => this.#tell({ kind: 'text', client, text }),
      remove: () => {
        if (this.#clients.delete(client)) this.#tell({ kind: 'gone', client });
      },
    };
  }

  async picture(wanted: PictureAddress): Promise<FoundPicture | null> {
    if (this.#isOver) return null;
    const id = this.#nextId++;
    return await new Promise((resolve) => {
      this.#pictures.set(id, resolve);
      this.#tell({ kind: 'picture', id, wanted });
    });
  }

  /** Resolves when the process has ended. */
  async close(): Promise<void> {
    this.#tell({ kind: 'close' });
    const killing = setTimeout(() => this.#child.kill(), patienceMs);
    await this.#ended;
    clearTimeout(killing);
  }

  #take(message: FromCore, listeners: CoreListeners): void {
    switch (message.kind) {
      case 'ready':
        listeners.onReady();
        break;
      case 'failed':
        this.#failure = { code: message.code, message: message.message };
        break;
      case 'text':
        this.#clients.get(message.client)?.(message.text);
        break;
      case 'picture':
        this.#pictures.get(message.id)?.(message.found);
        this.#pictures.delete(message.id);
        break;
    }
  }

  #end({ fault, errorOutput: log }: Exit, { onEnd }: CoreListeners): void {
    if (fault !== null) this.#failure = { code: 'internal', message: fault };
    for (const resolve of this.#pictures.values()) resolve(null);
    this.#pictures.clear();
    for (const take of this.#clients.values()) take('');
    this.#clients.clear();
    onEnd({ failure: this.#failure, log });
  }

  #tell(message: ToCore): void {
    this.#child.channel.send(message);
  }

  #ownLink(): Link {
    let onText: TakeText = () => undefined;
    const closing: (() => void)[] = [];
    const { send, remove } = this.add((text) => {
      if (text !== '') onText(text);
      else for (const listener of closing) listener();
    });
    return {
      send: (message) => send(JSON.stringify(message)),
      onMessage: (listener) => (onText = (text) => listener(JSON.parse(text))),
      onClose: (listener) => void closing.push(listener),
      close: remove,
    };
  }
}
