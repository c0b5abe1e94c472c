// The methods for a window in a browser: its settings, and folders to choose from.

import { z } from 'zod';
import type { coreMethods } from '#contract/core.ts';
import { windowSettingNames } from '#contract/care/window.ts';
import type { HandlersOf } from '#rpc/method.ts';
import type { ProjectDatabase, Reader } from '../store/database.ts';
import { readSetting, writeSetting } from '../store/project-settings.ts';
import { browse, placesToStart } from './folders.ts';

export type WindowMethods = Pick<
  HandlersOf<typeof coreMethods>,
  'window.settings' | 'window.keep' | 'folders.list'
>;

const name = 'window';
/** Another version may keep more. */
const kept = z.partialRecord(z.enum(windowSettingNames), z.string()).catch({});

export function windowMethods({
  database,
  folder,
}: {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
}): WindowMethods {
  const read = (reader: Reader) => kept.parse(readSetting(reader, name) ?? {});
  return {
    'window.settings': () => database.read(read),
    'window.keep': (setting) => {
      database.transact((writer) => {
        writeSetting(writer, name, { ...read(writer), [setting.name]: setting.value });
      });
      return null;
    },
    'folders.list': async ({ path }) => browse(path, await placesToStart(folder)),
  };
}
