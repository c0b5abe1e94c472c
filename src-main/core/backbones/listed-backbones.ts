// The backbones as clients see them.

import type { Backbones as Listed } from '#contract/backbones.ts';
import { Backbones } from './backbones.ts';

export async function listedBackbones(): Promise<Listed> {
  const { backbones, broken } = await new Backbones().list();
  return {
    backbones: backbones.map(({ card: { name, title, licence, source, input }, bundled }) => {
      return { name, title, licence, source, inputSize: input.size, bundled };
    }),
    broken,
  };
}
