// A role on the command line, in any of the words that labs use for it.

import { roleNames } from '#contract/image.ts';
import { roleMeaning, roleWordsLike } from '#domain/words/role-words.ts';

export const roleOption = {
  kind: 'choice',
  choices: roleNames,
  synonyms: { wordsLike: roleWordsLike, meaning: roleMeaning },
} as const;
