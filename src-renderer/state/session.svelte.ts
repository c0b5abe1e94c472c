// The project of this window and the clients of its core and of the desktop shell. Independent of the
// project's content.

import type { MenuCommand, ProjectState, RecentProject, ThemeName } from '#contract/shell.ts';
import { connect } from '#rpc/connect.ts';
import { enterServer, openServerLink } from '../client/browser.ts';
import type { CoreClient, ShellClient } from '../client/clients.ts';
import { desktop, receiveLinks } from '../client/desktop.ts';
import { takeSettings } from './kept-settings.ts';
import { errorMessage } from './error-message.ts';

export type SessionState = ProjectState | { readonly kind: 'connecting' };

/** Called for events from the desktop shell. */
export interface SessionListeners {
  readonly onMenu: (command: MenuCommand) => void;
  readonly onFiles: (paths: readonly string[]) => void;
  readonly onTheme: (theme: ThemeName) => void;
  /** The settings that a served project keeps have been stored here. */
  readonly onSettings: () => void;
}

export class Session {
  #project = $state.raw<SessionState>({ kind: 'connecting' });
  #core = $state.raw<CoreClient | null>(null);
  #shell = $state.raw<ShellClient | null>(null);
  #recent = $state.raw<readonly RecentProject[]>([]);
  #version = $state('');
  #isMac = $state(false);
  #onSettings: () => void = () => undefined;

  get project(): SessionState {
    return this.#project;
  }
  /** null until a project is open. */
  get core(): CoreClient | null {
    return this.#project.kind === 'open' ? this.#core : null;
  }
  /** null in a browser, which has no desktop functions. */
  get shell(): ShellClient | null {
    return this.#shell;
  }
  get recent(): readonly RecentProject[] {
    return this.#recent;
  }
  get version(): string {
    return this.#version;
  }
  get isMac(): boolean {
    return this.#isMac;
  }

  /** The absolute path of a dropped file; undefined in a browser. */
  pathOf(file: File): string | undefined {
    return desktop()?.pathOf(file);
  }

  start(listeners: SessionListeners): void {
    const preload = desktop();
    if (!preload) {
      this.#onSettings = listeners.onSettings;
      void this.#enterServer();
      return;
    }
    receiveLinks(preload, (name, link) => {
      if (name === 'core') this.#core = connect(link);
      else void this.#meetDesktop(connect(link), listeners);
    });
  }

  /** After the core or the server has ended: restarts the core, or reconnects to the server. */
  async restart(): Promise<void> {
    if (this.#shell) await this.#shell.call('projects.restart', {});
    else await this.#enterServer();
  }

  async #meetDesktop(shell: ShellClient, listeners: SessionListeners): Promise<void> {
    shell.on('project.changed', (project) => this.#setProject(project));
    shell.on('recent.changed', (recent) => (this.#recent = recent));
    shell.on('menu.chosen', ({ command }) => listeners.onMenu(command));
    shell.on('files.offered', ({ paths }) => listeners.onFiles(paths));
    const { project, recent, version, platform, theme } = await shell.call('desktop.show', {});
    this.#shell = shell;
    this.#recent = recent;
    this.#version = version;
    this.#isMac = platform === 'darwin';
    listeners.onTheme(theme);
    this.#setProject(project);
  }

  #setProject(project: ProjectState): void {
    // The port of the next core may arrive after the message that it is ready: null until then.
    if (project.kind !== 'open') this.#core = null;
    this.#project = project;
  }

  async #enterServer(): Promise<void> {
    this.#project = { kind: 'connecting' };
    try {
      const { folder, name, version } = await enterServer();
      const core: CoreClient = connect(await openServerLink());
      core.onClose(() => {
        const message =
          'The connection to the server was lost. Running jobs continue on the server.';
        this.#project = { kind: 'ended', folder, name, message, log: '' };
      });
      await takeSettings(core);
      this.#onSettings();
      this.#version = version;
      this.#isMac = navigator.userAgent.includes('Mac OS');
      this.#core = core;
      this.#project = { kind: 'open', folder, name };
    } catch (error) {
      const message = errorMessage(error);
      this.#project = { kind: 'failed', folder: '', name: 'Normscope', code: 'server', message };
    }
  }
}
