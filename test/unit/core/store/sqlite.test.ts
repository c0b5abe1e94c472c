// Loading SQLite: the Node it needs, and the kinds of its errors.

import { describe, expect, it } from 'vitest';
import { assertNode, errorCode, openSqlite } from '#core/store/sqlite.ts';

describe('the Node.js that SQLite needs', () => {
  it.each(['22.14.0', '22.20.1', '23.0.0', '24.21.0', process.versions.node])(
    'is %s',
    (version) => {
      assertNode(version);
    },
  );

  it.each(['22.13.9', '20.19.0', '18.15.0', '4.0.0'])('is not %s, and that is said', (version) => {
    expect(() => assertNode(version)).toThrow(
      expect.objectContaining({
        code: 'bad-input',
        message:
          `Normscope needs Node.js 22.14 or newer, and this is ${version}. Start it with ` +
          '"npm run normscope", which uses the Node.js that comes with it.',
      }),
    );
  });
});

describe('the code of an error', () => {
  it('is SQLite’s primary one, the file system’s, or none', async () => {
    const connection = await openSqlite(':memory:');
    connection.exec('create table t (x unique); insert into t values (1)');
    const thrown = (sql: string) => {
      try {
        connection.exec(sql);
      } catch (error) {
        return error;
      }
      return expect.fail(`${sql} did not throw`);
    };
    // SQLITE_CONSTRAINT_UNIQUE in full.
    expect(errorCode(thrown('insert into t values (1)'))).toBe('SQLITE_CONSTRAINT');
    expect(errorCode(thrown('select * from nowhere'))).toBe('SQLITE_ERROR');
    expect(errorCode(Object.assign(new Error('no'), { code: 'ENOSPC' }))).toBe('ENOSPC');
    for (const other of [
      new Error('no'),
      Object.assign(new Error('no'), { code: 5 }),
      'text',
      null,
    ]) {
      expect(errorCode(other)).toBeUndefined();
    }
    connection.close();
  });
});
