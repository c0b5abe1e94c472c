// An epoch as scripts have read it since before terms were data: every term and distribution also as a
// field of its own.

import type { EpochReport } from '#domain/progress.ts';

/** Fields that every epoch had; null in runs without them. */
const earlierFields = ['outlierNorm', 'normalNorms', 'outlierNorms'];

export function withAliases(epoch: EpochReport): object {
  const none = Object.fromEntries(earlierFields.map((name) => [name, null]));
  return { ...none, ...epoch, ...epoch.terms, ...epoch.distributions };
}
