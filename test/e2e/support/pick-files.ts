// Chooses files in the app's native dialog, which cannot be driven, or in a browser's text field.

import type { Locator } from 'playwright';
import { answerOpenDialog, electronApp } from './electron-host.ts';
import type { Host } from './host.ts';

/** Call before the dialog opens: in the app, the dialog is replaced and returns `path`. */
export async function prepareFiles(host: Host, path: string): Promise<void> {
  if (host.kind === 'electron') await answerOpenDialog(electronApp(host), path);
}

/** Call afterwards: in a browser, types the path into the field. */
export async function typeFiles(host: Host, field: Locator, path: string): Promise<void> {
  if (host.kind === 'browser') await field.fill(path);
}
