// Runs that were cancelled, as distinct from paused ones.

export const cancelledRuns = {
  version: 220,
  sql: `
-- 1: the user cancelled it. A stopped or interrupted run without it is paused and is shown until it is resumed.
alter table run add column is_cancelled integer not null default 0 check (is_cancelled in (0, 1));
`,
} as const;
