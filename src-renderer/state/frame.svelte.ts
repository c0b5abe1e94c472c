// What belongs to the window, whatever project it shows. Made once in App.svelte.

import { createContext } from 'svelte';
import type { ThemeName } from '#contract/shell.ts';
import { Commands } from './commands.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { Router } from './router.svelte.ts';
import { Session } from './session.svelte.ts';
import { Theme } from './theme.svelte.ts';
import { Toasts } from './toasts.svelte.ts';
import { wordsOf } from './words-of.ts';

export class Frame {
  readonly session = new Session();
  readonly router = new Router();
  readonly theme = new Theme();
  readonly notices = new Notices();
  readonly toasts = new Toasts();
  readonly commands = new Commands();
  #wantsSample = false;
  #offered = $state.raw<readonly string[]>([]);

  /** Files and folders that were dropped or given by the system, and not yet taken. */
  get offered(): readonly string[] {
    return this.#offered;
  }

  /** For what a click has set off: its failure is said in the corner. */
  attempt(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => this.toasts.failed(wordsOf(error)));
  }

  /** Opens a project that is among the paths; everything else is for the Images view to import. */
  offerFiles(paths: readonly string[]): void {
    const { session } = this;
    const project = paths.find((path) => path.endsWith('.normscope'));
    if (project !== undefined && session.shell) {
      this.openProject(project);
    } else if (session.core && paths.length > 0) {
      this.#offered = paths;
      this.router.go('images');
    } else if (paths.length > 0) {
      this.toasts.failed('Open a project first, or make a new one; then drop the images again.');
    }
  }

  /** What was offered, once. */
  takeOffered(): readonly string[] {
    const paths = this.#offered;
    this.#offered = [];
    return paths;
  }

  takeDrop({ dataTransfer }: DragEvent): void {
    const files = [...(dataTransfer?.files ?? [])];
    const paths = files
      .map((file) => this.session.pathOf(file))
      .filter((path) => path !== undefined);
    if (files.length > 0 && paths.length === 0) {
      this.toasts.failed('A browser does not say where files are: type the folder’s path instead.');
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
    this.attempt(async () => await shell?.call('projects.open', { folder, ...options }));
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
      this.#wantsSample = true;
      this.openProject(folder, { create: true });
    });
  }

  /** True once, when the project that has just been opened is to be filled with the sample. */
  takeSample(): boolean {
    const wanted = this.#wantsSample;
    this.#wantsSample = false;
    return wanted;
  }

  pickProject(): void {
    this.attempt(async () => {
      const folder = await this.session.shell?.call('projects.pick', {});
      if (folder) this.openProject(folder);
    });
  }
}

export const [getFrame, setFrame] = createContext<Frame>();
