// Comparisons of methods: what was asked, the runs that were started for it, and the result.

export const methodComparisons = {
  version: 150,
  sql: `
-- Runs are named by their ids in the plan: they may be deleted, and the result stays.
create table method_comparison (
  id integer primary key autoincrement,
  created_at text not null,
  plan text not null,                     -- JSON, see ComparisonPlan in contract/comparison.ts
  result text                             -- JSON, see ComparisonResult there; null until it is finished
) strict;
`,
} as const;
