// The calls of the window to the desktop app, and the events it receives. Not available in a browser.
// JSON-safe values only.

import { z } from 'zod';
import { method } from '#rpc/method.ts';

export const themeNames = ['system', 'light', 'dark'] as const;
export type ThemeName = (typeof themeNames)[number];

/** The commands of the native menus for the window; the command palette offers the same. */
export const menuCommands = [
  'new-project',
  'open-project',
  'close-project',
  'import-folder',
  'import-files',
  'undo',
  'redo',
  'show-commands',
  'show-shortcuts',
  'go-settings',
] as const;
export type MenuCommand = (typeof menuCommands)[number];

/** Pages outside the app, by name: the window cannot open any other address. */
export const helpTopics = ['method'] as const;
export type HelpTopic = (typeof helpTopics)[number];

export interface RecentProject {
  readonly folder: string;
  readonly name: string;
  /** ISO time. */
  readonly openedAt: string;
  readonly isMissing: boolean;
}

/** The project of this window, and the state of the process that owns it. */
export type ProjectState =
  | { readonly kind: 'none' }
  | { readonly kind: 'opening'; readonly folder: string; readonly name: string }
  | { readonly kind: 'open'; readonly folder: string; readonly name: string }
  | {
      readonly kind: 'failed';
      readonly folder: string;
      readonly name: string;
      readonly code: string;
      readonly message: string;
    }
  /** The core ended unexpectedly; `log` is the end of its error output. */
  | {
      readonly kind: 'ended';
      readonly folder: string;
      readonly name: string;
      readonly message: string;
      readonly log: string;
    };

export interface Desktop {
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly version: string;
  readonly theme: ThemeName;
  readonly project: ProjectState;
  readonly recent: readonly RecentProject[];
}

const folder = z.string().min(1).max(4096);

export const shellMethods = {
  'desktop.show': method<Desktop>()(z.strictObject({})),
  /** Asks for a folder with a project; null when the user cancelled. */
  'projects.pick': method<string | null>()(z.strictObject({})),
  /** Asks for name and place of a new project; null when the user cancelled. */
  'projects.pickNew': method<string | null>()(
    z.strictObject({ name: z.string().trim().min(1).max(100) }),
  ),
  /**
   * Opens the project here, or shows the window that has it open already. The result follows
   * as 'project.changed'.
   */
  'projects.open': method<{ shown: 'here' | 'elsewhere' }>()(
    z.strictObject({ folder, create: z.boolean().default(false) }),
  ),
  /** Back to the start screen; asks the user first when work is running. */
  'projects.close': method<{ closed: boolean }>()(z.strictObject({})),
  /** Takes a project off the list of recent ones; its files stay. */
  'projects.forget': method<readonly RecentProject[]>()(z.strictObject({ folder })),
  /** Starts the core of this window's project again. */
  'projects.restart': method<null>()(z.strictObject({})),
  /** Absolute paths; empty when the user cancelled. */
  'files.pick': method<readonly string[]>()(z.strictObject({ kind: z.enum(['folders', 'files']) })),
  /** Where to save a file; null when the user cancelled. */
  'files.pickTarget': method<string | null>()(
    z.strictObject({ name: z.string().trim().min(1).max(200) }),
  ),
  /** Shows the file or folder in the system's file manager. */
  'files.reveal': method<null>()(z.strictObject({ path: folder })),
  /** Opens an exported file or folder with the system's own program; no other kind is opened. */
  'files.open': method<null>()(z.strictObject({ path: folder })),
  /** Prints a report in the project's folder "exports" to a PDF beside it; returns its path. */
  'reports.toPdf': method<string>()(z.strictObject({ path: folder })),
  'help.open': method<null>()(z.strictObject({ topic: z.enum(helpTopics) })),
  /** Shows a desktop notification; a click on it brings this window to the front. */
  'notice.show': method<null>()(
    z.strictObject({ title: z.string().min(1).max(200), text: z.string().max(1000) }),
  ),
  'theme.set': method<null>()(z.strictObject({ theme: z.enum(themeNames) })),
} as const;

export interface ShellEvents {
  'project.changed': ProjectState;
  'recent.changed': readonly RecentProject[];
  'menu.chosen': { readonly command: MenuCommand };
  /** Folders or files dropped onto the app's icon or given to it by the system. */
  'files.offered': { readonly paths: readonly string[] };
}
