// Why a run was computed by its engine and by no other.

export const runEngineWhy = {
  version: 50,
  sql: `
-- A sentence; null until the run has taken its first step, and for runs of older versions.
alter table run add column engine_why text;
`,
};
