// A window and the project it shows: opens and closes the core, and relays between it and the page.

import type { BrowserWindow } from 'electron';
import { MessageChannelMain, type MessagePortMain } from 'electron';
import { basename } from 'node:path';
import type { PictureAddress } from '#contract/page.ts';
import type { ProjectState } from '#contract/shell.ts';
import { CoreProcess, type CoreEnd, type FoundPicture } from './core-process.ts';
import type { Places } from './places.ts';
import { allowsClosing } from './questions.ts';

/** The longest message that a page may send, characters. */
const longestMessage = 4 * 2 ** 20;

export class ProjectWindow {
  readonly window: BrowserWindow;
  readonly #places: Places;
  readonly #onOpened: (folder: string) => void;
  readonly #onChange: (state: ProjectState) => void;
  #state: ProjectState = { kind: 'none' };
  #core: CoreProcess | undefined;
  #port: MessagePortMain | undefined;
  /** Whether the project is to be created; false once it has been opened. */
  #isNew = false;

  /** onChange is called with each state, onOpened with each project that could be opened. */
  constructor(
    window: BrowserWindow,
    places: Places,
    listeners: {
      readonly onOpened: (folder: string) => void;
      readonly onChange: (state: ProjectState) => void;
    },
  ) {
    this.window = window;
    this.#places = places;
    this.#onOpened = listeners.onOpened;
    this.#onChange = listeners.onChange;
  }

  get state(): ProjectState {
    return this.#state;
  }
  /** undefined when the window has no project. */
  get folder(): string | undefined {
    return this.#state.kind === 'none' ? undefined : this.#state.folder;
  }

  /** Starts the core of the project in `folder`, an absolute path. */
  open(folder: string, create: boolean): void {
    const name = basename(folder).replace(/\.normscope$/, '');
    this.#isNew = create;
    this.#set({ kind: 'opening', folder, name });
    const core = new CoreProcess(this.#places, folder, create, {
      onReady: () => {
        if (this.#core !== core) return;
        this.#isNew = false;
        this.#onOpened(folder);
        this.#watchJobs(core);
        this.connectPage();
        this.#set({ kind: 'open', folder, name });
      },
      onEnd: (end) => {
        if (this.#core === core) this.#ended(folder, name, end);
      },
    });
    this.#core = core;
  }

  /** Starts the core again after it has ended or could not open the project. */
  restart(): void {
    if (this.#state.kind === 'failed' || this.#state.kind === 'ended') {
      this.open(this.#state.folder, this.#isNew);
    }
  }

  /** Gives the page a port to the core, also a page that has just been loaded. */
  connectPage(): void {
    const core = this.#core;
    if (!core || this.window.isDestroyed()) return;
    this.#port?.close();
    const { port1: ours, port2: theirs } = new MessageChannelMain();
    const { send, remove } = core.add((text) => ours.postMessage(text));
    ours.on('message', ({ data }: { data: unknown }) => {
      if (typeof data !== 'string' || data.length === 0) return;
      if (data.length > longestMessage) ours.close();
      else send(data);
    });
    ours.on('close', remove);
    ours.start();
    this.#port = ours;
    this.window.webContents.postMessage('port', 'core', [theirs]);
  }

  async picture(wanted: PictureAddress): Promise<FoundPicture | null> {
    return (await this.#core?.picture(wanted)) ?? null;
  }

  /** False when work is running and the user wants it to continue. */
  async mayClose(): Promise<boolean> {
    if (this.#state.kind !== 'open' || !this.#core) return true;
    const jobs = await this.#core.client.call('jobs.list', {}).catch(() => []);
    const alive = jobs.filter(({ state }) => state === 'queued' || state === 'running');
    return alive.length === 0 || (await allowsClosing(this.window, this.#state.name, alive));
  }

  /** Resolves when the core has closed the project. */
  async close(): Promise<void> {
    const core = this.#core;
    this.#core = undefined;
    this.#port?.close();
    this.#port = undefined;
    await core?.close();
    this.#set({ kind: 'none' });
  }

  #ended(folder: string, name: string, { failure, log }: CoreEnd): void {
    this.#core = undefined;
    this.#port = undefined;
    this.#showProgress(-1);
    if (failure) {
      this.#set({ kind: 'failed', folder, name, ...failure });
      return;
    }
    const message =
      'The process that works on this project has ended unexpectedly. Everything that was saved is ' +
      'in the project; a training can be resumed from its last checkpoint.';
    this.#set({ kind: 'ended', folder, name, message, log });
  }

  #set(state: ProjectState): void {
    this.#state = state;
    this.#onChange(state);
  }

  #watchJobs(core: CoreProcess): void {
    core.client.on('job.changed', (job) => {
      if (job.state === 'running') {
        this.#showProgress(job.total === null || job.total === 0 ? 2 : job.done / job.total);
        return;
      }
      if (job.state !== 'queued') this.#showProgress(-1);
    });
  }

  /** Progress on the task bar: 0 … 1, 2 for unknown, -1 for none. */
  #showProgress(part: number): void {
    if (!this.window.isDestroyed()) this.window.setProgressBar(part);
  }
}
