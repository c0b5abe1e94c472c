// The app's windows: creates them, finds them by project, sends events to all, closes them.

import { app, BrowserWindow, ipcMain, MessageChannelMain, nativeTheme, screen } from 'electron';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { PictureAddress } from '#contract/page.ts';
import type { MenuCommand, RecentProject } from '#contract/shell.ts';
import { closing } from './closing.ts';
import type { FoundPicture } from './core-process.ts';
import type { DesktopSettings, WindowPlace } from './desktop-settings.ts';
import { pageAddress, pageOrigin } from './page-protocol.ts';
import type { Places } from './places.ts';
import { portLink } from './port-link.ts';
import { ProjectWindow } from './project-window.ts';
import { sayClosingFailed } from './questions.ts';
import { serveShell, type Emit } from './shell.ts';

/** Time for what the page sends when it is hidden, such as a slider moved just before, milliseconds. */
const lastWordsMs = 100;

interface Entry {
  readonly project: ProjectWindow;
  /** Sends events to the page; undefined until the page has connected. */
  emit: Emit | undefined;
  /** What was offered before the page had connected. */
  offered: readonly string[];
}

export class Windows {
  readonly #places: Places;
  readonly #settings: DesktopSettings;
  readonly #onBug: (error: unknown) => string;
  readonly #entries = new Map<number, Entry>();
  #isQuitting = false;

  constructor(places: Places, settings: DesktopSettings, onBug: (error: unknown) => string) {
    this.#places = places;
    this.#settings = settings;
    this.#onBug = onBug;
    ipcMain.on('connect', ({ sender, senderFrame }) => {
      const entry = this.#entries.get(sender.id);
      // Only the page itself: no frame within it, and nothing from another origin.
      if (!entry || senderFrame !== sender.mainFrame) return;
      if (senderFrame.url.startsWith(`${pageOrigin}/`)) this.#connect(entry);
    });
    app.on('before-quit', () => (this.#isQuitting = true));
  }

  /** At the start: at least one window, and the files the app was started with. */
  begin(paths: readonly string[]): void {
    if (!paths.some((path) => path.endsWith('.normscope'))) this.create();
    this.offer(paths);
  }

  /** A new window, with a project or with the start screen. */
  create(folder?: string): void {
    const { place } = this.#settings;
    const window = new BrowserWindow({
      ...boundsOf(place),
      minWidth: 900,
      minHeight: 600,
      show: false,
      title: 'Normscope',
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#10151b' : '#f5f7f9',
      webPreferences: {
        preload: this.#places.preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
      },
    });
    if (place?.isMaximized) window.maximize();
    window.once('ready-to-show', () => window.show());
    const project = new ProjectWindow(window, this.#places, {
      onOpened: (opened) => {
        this.#settings.addRecent(opened, new Date());
        app.addRecentDocument(opened);
        this.recentChanged();
      },
      onChange: (state) => entry.emit?.('project.changed', state),
    });
    const entry: Entry = { project, emit: undefined, offered: [] };
    const { id } = window.webContents;
    this.#entries.set(id, entry);
    window.on('closed', () => this.#entries.delete(id));
    this.#askBeforeClosing(project);
    void window.loadURL(pageAddress(id));
    if (folder !== undefined) project.open(folder, false);
  }

  /** Shows the window that has the project; false when none has. */
  show(folder: string): boolean {
    const entry = [...this.#entries.values()].find(({ project }) => project.folder === folder);
    if (entry) raise(entry.project.window);
    return entry !== undefined;
  }

  /** Opens projects, and offers everything else to the window in front. */
  offer(paths: readonly string[]): void {
    const projects = paths.filter((path) => path.endsWith('.normscope'));
    for (const folder of projects) if (!this.show(folder)) this.create(folder);
    const others = paths.filter((path) => !path.endsWith('.normscope'));
    if (others.length === 0) return;
    const entry = this.#front();
    if (!entry) return;
    raise(entry.project.window);
    if (entry.emit) entry.emit('files.offered', { paths: others });
    else entry.offered = others;
  }

  /** Brings the app to the front, with at least one window. */
  activate(): void {
    const entry = this.#front();
    if (entry) raise(entry.project.window);
    else this.create();
  }

  sendMenu(command: MenuCommand): void {
    const entry = this.#front();
    entry?.emit?.('menu.chosen', { command });
  }

  async picture(id: number, wanted: PictureAddress): Promise<FoundPicture | null> {
    return (await this.#entries.get(id)?.project.picture(wanted)) ?? null;
  }

  recentChanged(): void {
    const recent = this.#recent();
    for (const { emit } of this.#entries.values()) emit?.('recent.changed', recent);
  }

  #front(): Entry | undefined {
    const focused = BrowserWindow.getFocusedWindow();
    const entries = [...this.#entries.values()];
    return entries.find(({ project }) => project.window === focused) ?? entries.at(-1);
  }

  #recent(): readonly RecentProject[] {
    return this.#settings.recent.map(({ folder, openedAt }) => ({
      folder,
      name: basename(folder).replace(/\.normscope$/, ''),
      openedAt,
      isMissing: !existsSync(join(folder, 'project.sqlite')),
    }));
  }

  #connect(entry: Entry): void {
    const { project } = entry;
    const { port1: ours, port2: theirs } = new MessageChannelMain();
    const emit = serveShell(portLink(ours), {
      project,
      settings: this.#settings,
      recent: () => this.#recent(),
      recentChanged: () => this.recentChanged(),
      showElsewhere: (folder) => this.show(folder),
      onBug: this.#onBug,
    });
    entry.emit = emit;
    ours.on('close', () => {
      if (entry.emit === emit) entry.emit = undefined;
    });
    project.window.webContents.postMessage('port', 'shell', [theirs]);
    if (project.state.kind === 'open') project.connectPage();
    if (entry.offered.length > 0) {
      emit('files.offered', { paths: entry.offered });
      entry.offered = [];
    }
  }

  #askBeforeClosing(project: ProjectWindow): void {
    const { window } = project;
    const listener = closing({
      mayClose: () => project.mayClose(),
      kept: () => (this.#isQuitting = false),
      hide: async () => {
        const place = { ...window.getNormalBounds(), isMaximized: window.isMaximized() };
        this.#settings.setPlace(place);
        window.hide();
        await setTimeout(lastWordsMs);
      },
      closeProject: () => project.close(),
      closeSettings: () => this.#settings.close(),
      tell: (error) => sayClosingFailed(this.#onBug(error)),
      finish: () => {
        window.close();
        // The first "close" was prevented, and with it the end of the app.
        if (this.#isQuitting) app.quit();
      },
    });
    window.on('close', listener);
  }
}

function raise(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** The window's last place, if it is still on a screen. */
function boundsOf(place: WindowPlace | undefined): Partial<WindowPlace> {
  if (!place) return { width: 1360, height: 860 };
  const { x, y, width, height } = place;
  const { workArea } = screen.getDisplayMatching({ x, y, width, height });
  const isOnScreen =
    x < workArea.x + workArea.width - 50 &&
    x + width > workArea.x + 50 &&
    y >= workArea.y - 10 &&
    y < workArea.y + workArea.height - 50;
  return isOnScreen ? { x, y, width, height } : { width, height };
}
