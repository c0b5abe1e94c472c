// A process that begins to write into the catalogue of a folder, and holds on until it is killed.

import { join } from 'node:path';
import { openSqlite } from '#core/store/sqlite.ts';

const connection = await openSqlite(join(process.argv[2]!, 'project.sqlite'));
connection.exec(`begin immediate; insert into setting values ('never', 'written');`);
console.log('holding');
setInterval(() => undefined, 1000);
