// How a training did beside the frozen read-out of the same images.

export const runComparisons = {
  version: 140,
  sql: `
-- JSON, see RunComparison in contract/run.ts; null where nothing was compared.
alter table run add column comparison text;
`,
} as const;
