// Electron's main process: sets up the parts in order. The work is in the files it calls.

import { app, nativeTheme } from 'electron';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { logBug, logUncaught } from './bug-log.ts';
import { denyEverythingElse, denyNetwork } from './denials.ts';
import { DesktopSettings } from './desktop-settings.ts';
import { setMenu } from './menu.ts';
import { handleScheme, registerScheme } from './page-protocol.ts';
import { findPlaces } from './places.ts';
import { Windows } from './windows.ts';

/** Projects and images among the words that the app was started with. */
function pathsOf(words: readonly string[], folder: string): string[] {
  return words
    .slice(app.isPackaged ? 1 : 2)
    .filter((word) => !word.startsWith('-'))
    .map((word) => resolve(folder, pathOf(word)));
}

/** Linux desktops pass the URL of a file that is opened with the app. */
function pathOf(word: string): string {
  try {
    return fileURLToPath(word);
  } catch {
    return word;
  }
}

let windows: Windows | undefined;
/** Files that macOS asked to open before the app was ready. */
const early: string[] = [];

app.on('open-file', (event, path) => {
  event.preventDefault();
  if (windows) windows.offer([path]);
  else early.push(path);
});

function start(): void {
  const places = findPlaces();
  const settings = new DesktopSettings(join(app.getPath('userData'), 'desktop.json'));
  nativeTheme.themeSource = settings.theme;
  denyEverythingElse();
  const all = new Windows(places, settings, logBug);
  windows = all;
  handleScheme(places.page, (...wanted) => all.picture(...wanted));
  setMenu(
    (command) => all.sendMenu(command),
    () => all.create(),
  );
  app.on('second-instance', (_event, words, folder) => {
    all.activate();
    all.offer(pathsOf(words, folder));
  });
  app.on('activate', () => all.activate());
  app.on('window-all-closed', () => app.quit());
  all.begin([...pathsOf(process.argv, process.cwd()), ...early]);
}

logUncaught();
denyNetwork();
registerScheme();
// One app for all projects: a second start shows the first.
if (app.requestSingleInstanceLock()) void app.whenReady().then(start);
else app.quit();
