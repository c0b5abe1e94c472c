// Answers for the question where files are: the system's dialog in the app, which cannot be driven, and a
// field in a browser.

import type { Locator } from 'playwright';
import { answerOpenDialog, electronApp } from './electron-host.ts';
import type { Host } from './host.ts';

/** Before the dialog opens: in the app, it gives `path` and does not show. */
export async function prepareFiles(host: Host, path: string): Promise<void> {
  if (host.kind === 'electron') await answerOpenDialog(electronApp(host), path);
}

/** Afterwards: in a browser, types it into the field. */
export async function typeFiles(host: Host, field: Locator, path: string): Promise<void> {
  if (host.kind === 'browser') await field.fill(path);
}
