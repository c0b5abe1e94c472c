// The option --engine, which train and score share.

import { trainInput } from '#contract/core.ts';

export const engineOption = {
  kind: 'choice',
  choices: trainInput.shape.engine.unwrap().options,
  standard: 'auto',
  meaning: 'what computes; auto takes the fastest that passes its test (see doctor)',
} as const;
