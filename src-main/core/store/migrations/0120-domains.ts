// Where an image comes from (scanner, stain, site), beside what must stay together (group).

export const domains = {
  version: 120,
  sql: `
-- One tag, such as "scanner=A; stain=HE"; null for none.
alter table dataset_item add column domain text;
alter table snapshot_item add column domain text;
alter table edit_item add column domain_before text;
alter table edit_item add column domain_after text;
drop index dataset_item_facets;
create index dataset_item_facets
  on dataset_item (dataset_id, role, class, group_name, split, domain);
`,
} as const;
