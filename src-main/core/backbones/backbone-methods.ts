// What a client asks of the backbones.

import { isAbsolute } from 'node:path';
import type { backboneMethods as methods, Backbones as Listed } from '#contract/backbones.ts';
import { Failure } from '#domain/failure.ts';
import type { Stop } from '#domain/stop.ts';
import type { HandlersOf } from '#rpc/method.ts';
import { Backbones } from './backbones.ts';
import { cardBeside } from './read-card.ts';

/** `orClosing`: a stop that the core's end sets as well. */
export function backboneMethods(orClosing: (stop: Stop) => Stop): HandlersOf<typeof methods> {
  return {
    'backbones.list': () => listed(),
    'backbones.add': async ({ file, card }, stop) => {
      for (const path of [file, ...(card === undefined ? [] : [card])]) assertAbsolute(path);
      const added = await new Backbones().add(file, card ?? cardBeside(file), orClosing(stop));
      return { name: added.backbone.card.name, milliseconds: added.trial.milliseconds };
    },
    'backbones.remove': async ({ name }) => {
      await new Backbones().remove(name);
      return await listed();
    },
  };
}

async function listed(): Promise<Listed> {
  const { backbones, broken } = await new Backbones().list();
  return {
    backbones: backbones.map(({ card: { name, title, licence, source, input }, bundled }) => {
      return { name, title, licence, source, inputSize: input.size, bundled };
    }),
    broken,
  };
}

function assertAbsolute(path: string): void {
  if (isAbsolute(path)) return;
  throw new Failure('bad-input', `Give the full path of the file: ${path} is not one.`, path);
}
