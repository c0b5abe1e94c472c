// Channels by name, the size of a pixel with its source, and regions: parts of an image that are images
// themselves.

export const channelsAndRegions = {
  version: 110,
  sql: `
-- A region's hash is that of its address: see formats/region.ts.
alter table image add column kind text not null default 'file' check (kind in ('file', 'region'));
-- JSON: a list of names; null for images of older versions: grey, or red, green and blue.
alter table image add column channel_names text;
alter table image add column pixel_size_y_um real;  -- pixel_size_um is that across
alter table image add column pixel_size_source text check (pixel_size_source in ('file', 'typed'));
update image set pixel_size_y_um = pixel_size_um, pixel_size_source = 'file'
  where pixel_size_um is not null;

-- Where the pixels of an image of kind "region" are.
create table region (
  image_id integer primary key references image (id) on delete cascade,
  source_id integer not null references image (id),  -- of kind "file"
  level integer not null,
  x integer not null,                     -- pixels of that level
  y integer not null,
  width integer not null,
  height integer not null
) strict;
create index region_by_source on region (source_id);
`,
} as const;
