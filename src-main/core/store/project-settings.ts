// The user's settings of the project, as JSON by name.

import type { Query, Reader, Writer } from './database.ts';

const byName: Query<{ value: string }> = 'select value from setting where name = ?';

/** undefined when nothing has been chosen. */
export function readSetting(reader: Reader, name: string): unknown {
  const found = reader.get(byName, name);
  return found === undefined ? undefined : JSON.parse(found.value);
}

export function writeSetting(writer: Writer, name: string, value: unknown): void {
  writer.run(
    'insert or replace into setting (name, value) values (?, ?)',
    name,
    JSON.stringify(value),
  );
}
