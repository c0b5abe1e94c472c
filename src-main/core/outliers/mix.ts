// The project's mix of outliers: stored as one setting and parsed leniently, because another version
// may have written it.

import { outlierMix, type OutlierMix } from '#contract/outlier.ts';
import { parseShiftName, shiftNames, shiftParameters } from '#domain/shift-table.ts';
import type { Reader, Writer } from '../store/database.ts';
import { readSetting, writeSetting } from '../store/project-settings.ts';

const name = 'outlier mix';

/** Nothing chosen: every source is used, and no shift. */
const nothing: OutlierMix = { sources: [], shifts: [] };

/** Invalid values count as not chosen; unknown shifts are left out. */
export function readMix(reader: Reader): OutlierMix {
  const parsed = outlierMix.safeParse(readSetting(reader, name));
  if (!parsed.success) return nothing;
  const { sources, shifts } = parsed.data;
  return { sources, shifts: shifts.filter((shift) => shiftNames.some((n) => n === shift.name)) };
}

/** Throws `unknown-option` and `bad-input`. */
export function writeMix(writer: Writer, mix: OutlierMix): void {
  for (const shift of mix.shifts) shiftParameters(parseShiftName(shift.name), shift.parameters);
  writeSetting(writer, name, mix);
}

/** Sources keep their weights under new names. undefined when the mix names none of them. */
export function renameSources(
  writer: Writer,
  renames: readonly (readonly [from: string, to: string])[],
): OutlierMix | undefined {
  const names = new Map(renames);
  const mix = readMix(writer);
  if (!mix.sources.some((source) => names.has(source.name))) return undefined;
  const sources = mix.sources.map((source) => ({
    ...source,
    name: names.get(source.name) ?? source.name,
  }));
  writeMix(writer, { ...mix, sources });
  return { ...mix, sources };
}
