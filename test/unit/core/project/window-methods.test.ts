// Settings of the window that a served project keeps, whatever port serves it.

import { expect, it } from 'vitest';
import { windowMethods as contract } from '#contract/care/window.ts';
import { windowMethods } from '#core/project/window-methods.ts';
import { writeSetting } from '#core/store/project-settings.ts';
import { neverStop } from '#domain/stop.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import { openCatalogue } from '../scores/small-catalogue.ts';

const newFolder = tempFolders();

it('keeps each setting until it is changed, and reads what another version wrote as nothing', async () => {
  const { database } = await openCatalogue(newFolder());
  const methods = windowMethods({ database, folder: '/nowhere/x.normscope' });
  const settings = () => methods['window.settings']({}, neverStop);
  expect(await settings()).toEqual({});
  await methods['window.keep']({ name: 'tour', value: 'seen' }, neverStop);
  await methods['window.keep']({ name: 'normscope.reviewer', value: 'Mia' }, neverStop);
  await methods['window.keep']({ name: 'normscope.reviewer', value: 'Ole' }, neverStop);
  expect(await settings()).toEqual({ tour: 'seen', 'normscope.reviewer': 'Ole' });
  database.transact((writer) => {
    writeSetting(writer, 'window', ['of another version']);
  });
  expect(await settings()).toEqual({});
});

it('keeps known settings only', () => {
  const { input } = contract['window.keep'];
  expect(input.safeParse({ name: 'tour', value: 'seen' }).success).toBe(true);
  expect(input.safeParse({ name: '__proto__', value: 'x' }).success).toBe(false);
  expect(input.safeParse({ name: 'tour', value: 'x'.repeat(201) }).success).toBe(false);
});
