// What belongs to the window, whatever project it shows. Made once in App.svelte.

import { createContext } from 'svelte';
import type { ThemeName } from '#contract/shell.ts';
import { Failure } from '#domain/failure.ts';
import { Commands } from './commands.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { Router } from './router.svelte.ts';
import { Session } from './session.svelte.ts';
import { Theme } from './theme.svelte.ts';
import { Toasts } from './toasts.svelte.ts';
import { wordsOf } from './words-of.ts';

/** Does what nobody waits for, and says so when it fails. */
export type Attempt = (work: () => Promise<unknown>) => void;

interface Offer {
  readonly paths: readonly string[];
  readonly dataset: string | undefined;
}

export class Frame {
  readonly session = new Session();
  readonly router = new Router();
  readonly theme = new Theme();
  readonly notices = new Notices();
  readonly toasts = new Toasts();
  readonly commands = new Commands();
  /** The folder of a project that is to be filled with the sample once it is open. */
  #sampleFor: string | undefined;
  #offered = $state.raw<Offer>();
  /** Sends what the project that is shown has not sent yet. */
  #lastWords: (() => Promise<void>) | undefined;

  /** Files and folders that were dropped or given by the system, and not yet taken. */
  get offered(): Offer | undefined {
    return this.#offered;
  }

  /** For what a click has set off: its failure is said in the corner. */
  readonly attempt: Attempt = (work) => {
    work().catch((error: unknown) => this.#say(error));
  };

  #say(error: unknown): void {
    // The session shows that the core is gone, with what to do; what was stopped was meant to be.
    if (error instanceof Failure && ['link-closed', 'stopped'].includes(error.code)) return;
    this.toasts.failed(wordsOf(error));
  }

  /**
   * Opens a project that is among the paths; everything else is for the Images view to import, into the
   * dataset if one is named.
   */
  offerFiles(paths: readonly string[], dataset?: string): void {
    const { session } = this;
    const project = paths.find((path) => path.endsWith('.normscope'));
    if (project !== undefined && session.shell) {
      this.openProject(project);
    } else if (paths.length > 0) {
      // They wait for a project: given with the start of the app, they come before it is there.
      this.#offered = { paths: paths.filter((path, at) => paths.indexOf(path) === at), dataset };
      this.router.go('images');
      if (['none', 'failed', 'ended'].includes(session.project.kind)) {
        this.toasts.failed('Open or create a project; these images are then imported.');
      }
    }
  }

  /** The offer was taken, or turned down. */
  endOffer(): void {
    this.#offered = undefined;
  }

  takeDrop({ dataTransfer }: DragEvent): void {
    const files = [...(dataTransfer?.files ?? [])];
    const paths = files
      .map((file) => this.session.pathOf(file))
      .filter((path) => path !== undefined);
    if (files.length > 0 && paths.length === 0) {
      this.toasts.failed(
        'A browser does not reveal where files are. Type the folder’s path instead.',
      );
      return;
    }
    this.offerFiles(paths.filter((path) => path !== ''));
  }

  /** The native menus and dialogs follow. */
  chooseTheme(theme: ThemeName): void {
    this.theme.choose(theme);
    this.attempt(async () => await this.session.shell?.call('theme.set', { theme }));
  }

  openProject(folder: string, options: { create?: boolean } = {}): void {
    const { shell } = this.session;
    this.attempt(async () => {
      await this.#leave();
      await shell?.call('projects.open', { folder, ...options });
    });
  }

  closeProject(): void {
    this.attempt(async () => {
      await this.#leave();
      await this.session.shell?.call('projects.close', {});
    });
  }

  /** `work` is done before the project that is shown is left. Returns its own undoing. */
  beforeLeaving(work: () => Promise<void>): () => void {
    this.#lastWords = work;
    return () => {
      if (this.#lastWords === work) this.#lastWords = undefined;
    };
  }

  /** Leaves the project although something cannot be sent, and says so. */
  async #leave(): Promise<void> {
    await this.#lastWords?.().catch((error: unknown) => this.#say(error));
  }

  /** Asks for name and place, and makes a project there. */
  newProject(name = 'My project'): void {
    this.attempt(async () => {
      const folder = await this.session.shell?.call('projects.pickNew', { name });
      if (folder) this.openProject(folder, { create: true });
    });
  }

  /** Makes a project, and fills it with the sample once it is open. */
  openSample(): void {
    this.attempt(async () => {
      const { shell } = this.session;
      const folder = await shell?.call('projects.pickNew', { name: 'Sample' });
      if (!folder) return;
      this.#sampleFor = folder;
      this.openProject(folder, { create: true });
    });
  }

  /** True once, for the project that is to be filled with the sample. */
  takeSample(folder: string): boolean {
    if (folder !== this.#sampleFor) return false;
    this.#sampleFor = undefined;
    return true;
  }

  pickProject(): void {
    this.attempt(async () => {
      const folder = await this.session.shell?.call('projects.pick', {});
      if (folder) this.openProject(folder);
    });
  }
}

export const [getFrame, setFrame] = createContext<Frame>();
