import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readManifest } from '#core/import/manifest.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'normscope-table-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(content: string | Buffer) {
  const file = join(folder, 'table.csv');
  await writeFile(file, content);
  return await readManifest(file);
}

const none = { role: null, isMask: false, class: null, group: null, domain: null, split: null };

describe('a table', () => {
  test('gives path, role, label, group, domain and split of each row', async () => {
    const line = 'a.png,normal,p1,Lab B,cell,train';
    expect(await read(`path,role,group,domain,label,split\n${line}\n`)).toEqual({
      rows: [
        {
          ...{ path: join(folder, 'a.png'), role: 'normal', class: 'cell', group: 'p1' },
          ...{ domain: 'Lab B', split: 'train', isMask: false },
        },
      ],
      problems: [],
      ignored: [],
    });
  });

  test.each([
    ['commas', 'path,role\na.png,normal\n'],
    ['semicolons', 'path;role\na.png;normal\n'],
    ['tabs', 'path\trole\na.png\tnormal\n'],
    ['a byte-order mark', '\ufeffpath,role\na.png,normal\n'],
    ['a byte-order mark and quotes', '\ufeff"path";"role"\r\n"a.png";"normal"\r\n'],
    ['line ends of Windows', 'path,role\r\na.png,normal\r\n'],
    ['no last line end', 'path,role\na.png,normal'],
    ['spaces and capitals', ' Path , ROLE \na.png, Normal \n'],
    ['columns in another order', 'role,path\nnormal,a.png\n'],
    ['empty lines and cells', '\r\npath;role;;\r\na.png;normal;;\r\n'],
    ['empty lines between', '\npath,role,,\n\na.png,normal,,\n\n'],
  ])('with %s', async (_, text) => {
    expect(await read(text)).toEqual({
      rows: [{ ...none, path: join(folder, 'a.png'), role: 'normal' }],
      problems: [],
      ignored: [],
    });
  });

  test('joins scanner, stain and site into a domain, where none is given', async () => {
    const { rows, ignored } = await read(
      'path;Site;scanner;stain;domain\n' + 'a;North;"A;B";HE;\nb;;A;;\nc;North;A;HE;mine\nd;;;;\n',
    );
    expect(rows.map(({ domain }) => domain)).toEqual([
      ...['scanner=A;B; stain=HE; site=North', 'scanner=A', 'mine', null],
    ]);
    expect(ignored).toEqual([]);
  });

  test('keeps separators, quotes and line ends that are quoted', async () => {
    const { rows } = await read('path,label\n"a, b.png","say ""hi""\nthere"\n');
    expect(rows).toEqual([{ ...none, path: join(folder, 'a, b.png'), class: 'say "hi"\nthere' }]);
  });

  test('may name files by their full path, but not leave its folder by a relative one', async () => {
    const { rows, problems } = await read(
      'path\n/data/a.png\nsub/../b.png\n../c.png\nsub/../../d.png\n',
    );
    expect(rows.map(({ path }) => path)).toEqual(['/data/a.png', join(folder, 'b.png')]);
    expect(problems.map(({ reason }) => reason)).toEqual([
      'Line 4: the path "../c.png" leads out of the table\'s folder. Write the full path if this is intended.',
      'Line 5: the path "sub/../../d.png" leads out of the table\'s folder. Write the full path if this is intended.',
    ]);
  });

  test('may name a file that begins with two dots', async () => {
    const { rows } = await read('path\n..a.png\n');
    expect(rows.map(({ path }) => path)).toEqual([join(folder, '..a.png')]);
  });

  test('with impossible rows reports each with its line and the nearest word', async () => {
    const text =
      'path,role,split\na.png,normal,train\nb.png,norml,train\n"c\nc.png",normal,tets\n,normal,\nd.png,normal,train,x\n';
    const { rows, problems } = await read(text);
    expect(rows).toHaveLength(1);
    const reasons = [
      /^Line 3: the role "norml" is not one of normal, outlier, unlabelled, anomaly; .*"normal"/,
      /^Line 5: the split "tets" is not one of train, calibrate, test, none; .*"test"/,
      /^Line 6: the path is missing\.$/,
      /^Line 7: there are more cells than columns\. Put cells that hold a separator into double/,
    ];
    expect(problems).toEqual(
      reasons.map((words) => ({
        path: join(folder, 'table.csv'),
        code: 'bad-input',
        reason: expect.stringMatching(words) as string,
      })),
    );
  });

  test('names the columns that mean nothing', async () => {
    expect((await read('path,quality,Role,note\n')).ignored).toEqual(['quality', 'note']);
  });

  test.each([
    ['has no column for paths', 'file,role\na.png,normal\n', /no column "path"/],
    ['is empty', '', /no column "path"/],
    ['is no UTF-8', Buffer.from('path\ngro\xdfe.png\n', 'latin1'), /not UTF-8 text/],
    ['is broken', 'path,role\n"a.png,normal\n', /not valid CSV/],
  ])('that %s is refused in words', async (_, text, words) => {
    await expect(read(text)).rejects.toThrow(words);
  });

  test('that is not there is refused in words', async () => {
    await expect(readManifest(join(folder, 'nothing.csv'))).rejects.toThrow(/cannot be read/);
  });
});
