// Runs get names of their own, and can leave the trash for good.

export const runNamesAndTrash = {
  version: 30,
  sql: `
alter table run add column name text;        -- given by the user; null for none
alter table run add column emptied_at text;  -- since then its files are gone: nothing brings it back

-- A run taken out of the trash again is an edit of its own: 1 for those.
alter table edit add column restores integer not null default 0;
`,
} as const;
