// `normscope relink`: finds images whose files were moved, by their content.

import type { LostFiles, RelinkResult } from '#contract/places.ts';
import { givenPath } from '#core/archives/existing-path.ts';
import { count, counted } from '#domain/figures.ts';
import { printable } from '#domain/printable.ts';
import { command, projectArgument } from '../command.ts';
import { counting, followJob } from '../follow-job.ts';
import { withProject } from '../project.ts';

/** More would hide the counts. */
const shown = 20;

export const relink = command({
  summary: 'Finds images whose files were moved, by their content',
  about: [
    'Files of the folders are compared with the missing ones by size and then by content, whatever their ' +
      'names; zip and tar archives too. Lists, tables and reports then name the new places. Nothing is copied.',
    'Without a FOLDER it says how many images are not where they were. The exit code is 1 while some are missing.',
  ],
  arguments: {
    project: projectArgument,
    folders: {
      ...{ placeholder: 'FOLDER', meaning: 'where the files may be now' },
      ...{ many: true, optional: true },
    },
  },
  options: {},
  examples: [
    {
      words: 'relink Cells.normscope',
      meaning: 'How many images are missing, and from which folders.',
    },
    { words: 'relink Cells.normscope /mnt/lab/2026', meaning: 'Looks for them below this folder.' },
  ],
  run: async ({ project, folders }, shell) => {
    const given = await Promise.all(folders.map((text) => givenPath(text, process.cwd())));
    if (given.length === 0) {
      const found = await withProject(shell, project, {}, (client) =>
        client.call('files.check', {}),
      );
      shell.answer(found);
      shell.say(...lostLines(found));
      return found.lost === 0 ? 0 : 1;
    }
    const result = await withProject(shell, project, {}, async (client) => {
      const { jobId } = await client.call('files.relink', { folders: given });
      return (await followJob(client, jobId, shell, {
        progress: shell.progress('Finding moved files'),
        advance: counting('files'),
        whenStopped: () => '. What was found is kept; run the same command again to continue.',
      })) as RelinkResult;
    });
    shell.answer(result);
    shell.say(...foundLines(result));
    return result.found === result.lost ? 0 : 1;
  },
});

function lostLines({ lost, folders }: LostFiles): string[] {
  if (lost === 0) return ['Every file is where it was.'];
  return [
    `${counted(lost, 'image')} ${lost === 1 ? 'is' : 'are'} no longer where ${lost === 1 ? 'it was' : 'they were'}, most of them in:`,
    ...folders.map(({ folder, lost: some }) => `  ${printable(folder)}: ${count(some)}`),
    'Give "normscope relink" the folder where they are now.',
  ];
}

function foundLines({ lost, found, missing }: RelinkResult): string[] {
  if (lost === 0) return ['Every file is where it was.'];
  const left = lost - found;
  const lines = [`${count(found)} of ${count(lost)} found.`];
  if (left === 0) return lines;
  return [
    ...lines,
    `${count(left)} still missing:`,
    ...missing.slice(0, shown).map((path) => `  ${printable(path)}`),
    ...(left > shown ? [`  … and ${count(left - Math.min(shown, missing.length))} more`] : []),
  ];
}
