// Electron's main process: what is set up, in order. The work is in the files it calls.

import { app, nativeTheme } from 'electron';
import { join, resolve } from 'node:path';
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
    .map((word) => resolve(folder, word));
}

function start(): void {
  const places = findPlaces();
  const settings = new DesktopSettings(join(app.getPath('userData'), 'desktop.json'));
  nativeTheme.themeSource = settings.theme;
  denyEverythingElse();
  const windows = new Windows(places, settings, logBug);
  handleScheme(places.page, (...wanted) => windows.picture(...wanted));
  setMenu(
    (command) => windows.sendMenu(command),
    () => windows.create(),
  );
  app.on('second-instance', (_event, words, folder) => {
    windows.activate();
    windows.offer(pathsOf(words, folder));
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    windows.offer([path]);
  });
  app.on('activate', () => windows.activate());
  app.on('window-all-closed', () => app.quit());

  const paths = pathsOf(process.argv, process.cwd());
  if (paths.some((path) => path.endsWith('.normscope'))) windows.offer(paths);
  else windows.create();
}

logUncaught();
denyNetwork();
registerScheme();
// One app for all projects: a second start shows the first.
if (app.requestSingleInstanceLock()) void app.whenReady().then(start);
else app.quit();
