// Imports on the command line: progress while they run, and the result as text.

import type { coreMethods, ImportResult } from '#contract/core.ts';
import type { InputOf } from '#rpc/connect.ts';
import type { CallsOf } from '#rpc/method.ts';
import { Failure } from '#domain/failure.ts';
import { count, counted } from '#domain/figures.ts';
import { counting, followJob } from './follow-job.ts';
import { printable } from '#domain/printable.ts';
import type { CoreClient } from './project.ts';
import type { Shell } from './shell.ts';

export type ImportInput = InputOf<CallsOf<typeof coreMethods>, 'images.import'>;

/** paths in `input` are absolute. */
export async function runImport(
  client: CoreClient,
  shell: Shell,
  input: ImportInput,
): Promise<ImportResult> {
  const { jobId } = await client.call('images.import', input);
  const following = followJob(client, jobId, shell, {
    progress: shell.progress('Importing'),
    advance: counting('files'),
    whenStopped: () => '. What has been imported is kept; run the same command again to continue.',
  });
  return (await following.catch(async (error: unknown) => {
    // Nothing was imported: the lists of files are the result that scripts rely on.
    if (!(error instanceof Failure)) throw error;
    const { result } = await client.call('jobs.show', { jobId });
    if (result === null) throw error;
    return result;
  })) as ImportResult;
}

/** What was recognised, imported and refused. noun: what was seen before, a file or an image. */
export function importLines(
  dataset: string,
  result: ImportResult,
  noun: 'file' | 'image' = 'file',
): readonly string[] {
  const { imported, duplicates, failed, recognised } = result;
  const again = duplicates === 0 ? '' : `; ${counted(duplicates, noun)} seen before`;
  const lines = [
    `Imported ${counted(imported, 'new image')} into "${printable(dataset)}"${again}.`,
    ...recognised.map((text) => `  ${printable(text)}`),
  ];
  if (failed.length === 0) return lines;
  lines.push(`${count(failed.length)} could not be imported:`);
  for (const { path, reason } of failed) {
    lines.push(`  ${printable(path)}`, `      ${printable(reason)}`);
  }
  return lines;
}

/** Whether everything that was asked for has been done. */
export function isComplete({ imported, duplicates, failed }: ImportResult): boolean {
  return failed.length === 0 && imported + duplicates > 0;
}
