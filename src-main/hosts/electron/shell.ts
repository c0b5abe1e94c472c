// Answers the page's calls to the desktop: the handlers of contract/shell.ts for one window.

import { app, nativeTheme, Notification, shell as system } from 'electron';
import { isAbsolute, resolve } from 'node:path';
import {
  shellMethods,
  type Desktop,
  type HelpTopic,
  type RecentProject,
  type ShellEvents,
} from '#contract/shell.ts';
import { Failure } from '#domain/failure.ts';
import type { Link } from '#rpc/link.ts';
import { inputChecker, type HandlersOf } from '#rpc/method.ts';
import { serve } from '#rpc/serve.ts';
import type { DesktopSettings } from './desktop-settings.ts';
import type { ProjectWindow } from './project-window.ts';
import { openExported } from './open-exported.ts';
import { pickNewProject, pickPaths, pickProject, pickTarget } from './questions.ts';
import { printReport } from './report-pdf.ts';

/** The only addresses that are ever opened in the system's browser. */
const helpAddresses: Readonly<Record<HelpTopic, string>> = {
  method: 'https://arxiv.org/abs/2312.15288',
};

export interface ShellPorts {
  readonly project: ProjectWindow;
  readonly settings: DesktopSettings;
  readonly recent: () => readonly RecentProject[];
  /** Sends the recent projects to every window. */
  readonly recentChanged: () => void;
  /** Shows the window that has the project open already; false when none has. */
  readonly showElsewhere: (folder: string) => boolean;
  readonly onBug: (error: unknown) => string;
}

export type Emit = <K extends keyof ShellEvents>(name: K, event: ShellEvents[K]) => void;

/** Answers on `link`; returns a function that sends events to the page. */
export function serveShell(link: Link, ports: ShellPorts): Emit {
  const server = serve(link, {
    handlers: handlers(ports),
    parse: inputChecker(shellMethods),
    onBug: ports.onBug,
  });
  return (name, event) => server.emit(name, event);
}

function handlers(ports: ShellPorts): HandlersOf<typeof shellMethods> {
  const { project, settings } = ports;
  const { window } = project;
  return {
    'desktop.show': (): Desktop => ({
      platform: process.platform as Desktop['platform'],
      version: app.getVersion(),
      theme: settings.theme,
      project: project.state,
      recent: ports.recent(),
    }),
    'projects.pick': () => pickProject(window),
    'projects.pickNew': ({ name }) => pickNewProject(window, name),
    'projects.open': ({ folder, create }) => open(absolute(folder), create, ports),
    'projects.close': async () => {
      const mayClose = await project.mayClose();
      if (mayClose) await project.close();
      return { closed: mayClose };
    },
    'projects.forget': ({ folder }) => {
      settings.forget(folder);
      ports.recentChanged();
      return ports.recent();
    },
    'projects.restart': () => {
      project.restart();
      return null;
    },
    'files.pick': ({ kind }) => pickPaths(window, kind),
    'files.pickTarget': ({ name }) => pickTarget(window, name),
    'files.reveal': ({ path }) => {
      system.showItemInFolder(absolute(path));
      return null;
    },
    'files.open': async ({ path }) => {
      await openExported(absolute(path));
      return null;
    },
    'reports.toPdf': ({ path }) => printReport(project.folder, absolute(path)),
    'help.open': async ({ topic }) => {
      await system.openExternal(helpAddresses[topic]);
      return null;
    },
    'notice.show': ({ title, text }) => {
      // Systems without notifications show none.
      if (!Notification.isSupported()) return null;
      const notice = new Notification({ title, body: text });
      notice.on('click', () => {
        if (window.isDestroyed()) return;
        if (window.isMinimized()) window.restore();
        window.show();
        window.focus();
      });
      notice.show();
      return null;
    },
    'theme.set': ({ theme }) => {
      nativeTheme.themeSource = theme;
      settings.setTheme(theme);
      return null;
    },
  };
}

async function open(
  folder: string,
  create: boolean,
  { project, showElsewhere }: ShellPorts,
): Promise<{ shown: 'here' | 'elsewhere' }> {
  if (project.folder !== folder && showElsewhere(folder)) return { shown: 'elsewhere' };
  if (!(await project.mayClose())) return { shown: 'here' };
  await project.close();
  project.open(folder, create);
  return { shown: 'here' };
}

function absolute(path: string): string {
  if (isAbsolute(path)) return resolve(path);
  throw new Failure('bad-input', `The path ${path} is not absolute: it must start at the root.`);
}
