// A role on the command line, in any of the words that labs use for it.

import { roleNames } from '#contract/image.ts';
import { roleMeaning, roleWords } from '#domain/role-words.ts';

export const roleOption = {
  kind: 'choice',
  choices: roleNames,
  synonyms: { words: roleWords, meaning: roleMeaning },
} as const;
