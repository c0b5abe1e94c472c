// State of the window, independent of the open project. Created once in App.svelte.

import { createContext } from 'svelte';
import type { ThemeName } from '#contract/shell.ts';
import { Failure } from '#domain/failure.ts';
import { Commands } from './commands.svelte.ts';
import { DatasetInView } from './dataset-in-view.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { Router } from './router.svelte.ts';
import { Session } from './session.svelte.ts';
import { Theme } from './theme.svelte.ts';
import { TileLabelSetting } from './tile-label.svelte.ts';
import { Toasts } from './toasts.svelte.ts';
import { errorMessage } from './error-message.ts';

/** Runs work that is not awaited and reports its failure. */
export type Attempt = (work: () => Promise<unknown>) => void;

interface Offer {
  readonly paths: readonly string[];
  readonly dataset: string | undefined;
}

export class AppContext {
  readonly session = new Session();
  readonly inView = new DatasetInView();
  readonly router = new Router(this.inView, () => this.toasts.leaveView());
  readonly theme = new Theme();
  readonly notices = new Notices();
  readonly toasts = new Toasts();
  readonly commands = new Commands();
  readonly tileLabel = new TileLabelSetting();
  /** Folder of a new project into which the sample is imported once it is open. */
  #sampleFor: string | undefined;
  /** The sample that was opened here: it shows its way by itself, so that no introduction covers it. */
  #sample: string | undefined;
  #offered = $state.raw<Offer>();
  /** Sends pending changes of the open project. */
  #beforeLeaving: (() => Promise<void>) | undefined;

  /** Files and folders that were dropped or passed by the system and not yet imported. */
  get offered(): Offer | undefined {
    return this.#offered;
  }

  /** For work started by a click: a failure is shown as a toast. */
  readonly attempt: Attempt = (work) => {
    work().catch((error: unknown) => this.#report(error));
  };

  #report(error: unknown): void {
    // A closed link is shown by the session with a remedy; a stop was requested by the user.
    if (error instanceof Failure && ['link-closed', 'stopped'].includes(error.code)) return;
    this.toasts.failed(errorMessage(error));
  }

  /**
   * Opens a project if one is among the paths; otherwise offers the paths to the Images view for
   * import, into `dataset` if given.
   */
  offerFiles(paths: readonly string[], dataset?: string): void {
    const { session } = this;
    const project = paths.find((path) => path.endsWith('.normscope'));
    if (project !== undefined && session.shell) {
      this.openProject(project);
    } else if (paths.length > 0) {
      // Kept until a project is open: paths given at the start of the app arrive before it.
      this.#offered = { paths: paths.filter((path, at) => paths.indexOf(path) === at), dataset };
      this.router.go('images');
      if (['none', 'failed', 'ended'].includes(session.project.kind)) {
        this.toasts.failed('Open or create a project; these images are then imported.');
      }
    }
  }

  /** The offered files were imported or declined. */
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

  /** Also sets the theme of native menus and dialogs. */
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

  /** Asks where a project is now, opens it there, and takes the place where it was off the list. */
  locateProject(missing: string): void {
    this.attempt(async () => {
      const { shell } = this.session;
      const folder = await shell?.call('projects.pick', {});
      if (!folder) return;
      if (folder !== missing) await shell?.call('projects.forget', { folder: missing });
      this.openProject(folder);
    });
  }

  closeProject(): void {
    this.attempt(async () => {
      await this.#leave();
      await this.session.shell?.call('projects.close', {});
    });
  }

  /** Runs `work` before the open project is left. Returns a function that removes it. */
  beforeLeaving(work: () => Promise<void>): () => void {
    this.#beforeLeaving = work;
    return () => {
      if (this.#beforeLeaving === work) this.#beforeLeaving = undefined;
    };
  }

  /** Sends pending changes; a failure is shown but does not prevent leaving. */
  async #leave(): Promise<void> {
    await this.#beforeLeaving?.().catch((error: unknown) => this.#report(error));
  }

  /** Asks for name and folder, and creates a project there. */
  newProject(name = 'My project'): void {
    this.attempt(async () => {
      const folder = await this.session.shell?.call('projects.pickNew', { name });
      if (folder) this.openProject(folder, { create: true });
    });
  }

  /** Creates a project and imports the sample into it once it is open. */
  openSample(): void {
    this.attempt(async () => {
      const { shell } = this.session;
      const folder = await shell?.call('projects.pickNew', { name: 'Sample' });
      if (!folder) return;
      this.#sampleFor = folder;
      this.#sample = folder;
      this.openProject(folder, { create: true });
    });
  }

  isSample(folder: string): boolean {
    return folder === this.#sample;
  }

  /** True once, for the project into which the sample is to be imported. */
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

export const [getAppContext, setAppContext] = createContext<AppContext>();
