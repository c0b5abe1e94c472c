// Prints a report of the window's project to a PDF file beside it.

import { BrowserWindow } from 'electron';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { Failure } from '#domain/failure.ts';
import { freePath } from '#files/free-path.ts';
import { writeWhole } from '#files/whole-file.ts';

/** Chromium fills in the numbers by class. */
const footer =
  '<div style="width:100%;padding:0 12mm;font:8px sans-serif;text-align:right">' +
  '<span class="pageNumber"></span> / <span class="totalPages"></span></div>';

/**
 * path: an absolute one, of a page in the project's folder "exports"; any other is refused. Returns the
 * path of the PDF.
 */
export async function printReport(project: string | undefined, path: string): Promise<string> {
  const isReport =
    project !== undefined &&
    dirname(path) === resolve(project, 'exports') &&
    basename(path).endsWith('.html') &&
    (await stat(path).then(
      (found) => found.isFile(),
      () => false,
    ));
  if (!isReport) {
    throw new Failure('not-found', `There is no report at ${path}. Write the report again.`, path);
  }
  const window = new BrowserWindow({
    show: false,
    webPreferences: {
      sandbox: true,
      contextIsolation: true,
      javascript: false,
      // A session in memory that shares nothing with the app's own.
      partition: 'report',
    },
  });
  try {
    await window.loadFile(path);
    const pdf = await window.webContents.printToPDF({
      ...{ pageSize: 'A4', printBackground: true, displayHeaderFooter: true },
      headerTemplate: '<span></span>',
      footerTemplate: footer,
    });
    const target = await freePath(dirname(path), basename(path, '.html'), '.pdf');
    await writeWhole(target, [pdf]);
    return target;
  } finally {
    window.destroy();
  }
}
