// One export: what, as what, where to, and the file that came of it.

import type { ExportWhat } from '#contract/export.ts';
import { count, counted } from '#domain/figures.ts';
import type { CoreClient, ShellClient } from '../../client/clients.ts';
import type { ModelAndDataset } from '../../state/project/results.svelte.ts';

export const exportKinds = ['csv', 'copies', 'paths', 'report', 'pdf'] as const;
export type ExportKind = (typeof exportKinds)[number];

export interface Exported {
  /** Absolute. */
  readonly path: string;
  readonly words: string;
  /** Files that could not be copied. */
  readonly failed: readonly { readonly path: string; readonly reason: string }[];
}

interface Request extends ModelAndDataset {
  readonly by: string | undefined;
  readonly what: ExportWhat;
  readonly imageIds: readonly number[];
  /** undefined: the project's own folder. */
  readonly folder: string | undefined;
  readonly note: string;
  readonly decimals: 'point' | 'comma';
}

/** `shell`: null in a browser, which prints a PDF by itself. */
export async function runExport(
  kind: ExportKind,
  { note, decimals, imageIds, by, folder, ...rest }: Request,
  { core, shell }: { readonly core: CoreClient; readonly shell: ShellClient | null },
): Promise<Exported> {
  const asked = {
    ...rest,
    ...(by === undefined ? {} : { by }),
    ...(rest.what === 'selection' ? { imageIds: [...imageIds] } : {}),
    ...(folder === undefined ? {} : { folder }),
  };
  const failed: Exported['failed'] = [];
  switch (kind) {
    case 'csv': {
      const { path, rows } = await core.call('exports.csv', { ...asked, decimals });
      return { path, words: `${counted(rows, 'row')} written`, failed };
    }
    case 'paths': {
      const { path, images } = await core.call('exports.paths', asked);
      return { path, words: `${counted(images, 'path')} written`, failed };
    }
    case 'copies': {
      const done = await core.call('exports.copies', asked);
      const { path, copied } = done;
      const left = done.failed.length === 0 ? '' : `, ${count(done.failed.length)} could not be`;
      return { path, words: `${counted(copied, 'file')} copied${left}`, failed: done.failed };
    }
    case 'report': {
      const { path } = await core.call('exports.report', { ...asked, note });
      return { path, words: 'Report written', failed };
    }
    case 'pdf': {
      // The desktop prints reports of the project's own folder.
      const { path } = await core.call('exports.report', {
        ...rest,
        note,
        imageIds: [...imageIds],
      });
      const printed = await shell!.call('reports.toPdf', { path });
      return { path: printed, words: 'PDF written', failed };
    }
  }
}

/** Below the page's own address; undefined for what a browser cannot save: a folder. */
export function downloadAddress(kind: ExportKind, path: string): string | undefined {
  if (kind === 'copies' || kind === 'pdf') return undefined;
  return `exports/${encodeURIComponent(path.split(/[\\/]/).at(-1) ?? '')}`;
}
