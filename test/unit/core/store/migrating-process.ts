// A process that migrates a catalogue and says when it is in the middle, in which it stays until it
// is killed.

import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { migrate, newestVersion } from '#core/store/migrate.ts';
import { migrations } from '#core/store/migrations/migrations.ts';
import { openSqlite } from '#core/store/sqlite.ts';

const connection = await openSqlite(join(process.argv[2]!, 'project.sqlite'));
connection.function('pause', () => {
  writeSync(1, 'in the middle\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
const sql = `delete from score; create table extra (id integer) strict; select pause();`;
migrate(connection, [...migrations, { version: newestVersion(migrations) + 10, sql }]);
