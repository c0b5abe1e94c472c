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
    ['has no column for paths', 'remark,role\na.png,normal\n', /no column "path"/],
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

describe('a table of another program', () => {
  const normal = (text: string) => read(text).then(({ rows }) => rows.map(({ path }) => path));
  const files = () => ['a.png', 'b.png'].map((name) => join(folder, 'im', name));

  test.each([
    ['a line sep=;', 'sep=;\r\npath;role\r\nim/a.png;normal\r\nim/b.png;\r\n'],
    ['a mark and a line sep=,', '\ufeffsep=,\npath\nim/a.png\nim/b.png\n'],
    ['a line sep=|', 'sep=|\npath|role\nim/a.png|\nim/b.png|normal\n'],
    ['a column filename', 'filename,class\nim/a.png,x\nim/b.png,x\n'],
    ['a column File Name', 'File Name;n\nim/a.png;1\nim/b.png;2\n'],
    ['a column image', 'id,image\n1,im/a.png\n2,im/b.png\n'],
    [
      'two columns of CellProfiler',
      'ImageNumber,Image_FileName_DNA,Image_PathName_DNA\n1,a.png,im\n2,b.png,im/\n',
    ],
    ['columns without the prefix', 'FileName_ER,PathName_ER\na.png,im\nb.png,im\n'],
    ['a folder and a file', 'folder,file\nim,a.png\nim,b.png\n'],
    ['a path that is a folder', 'path,filename\nim,a.png\nim,b.png\n'],
    ['our own columns', 'ImageNumber,Image_FileName,Image_PathName\n1,a.png,im\n2,b.png,im\n'],
    ['quotes and addresses', 'path\n"""im/a.png"""\n\'im/b.png\'\n'],
  ])('with %s names its files', async (_, text) => {
    expect(await normal(text)).toEqual(files());
  });

  test('counts the line sep= where it names lines, and says which columns it took', async () => {
    const { problems, meanings, ignored } = await read(
      'sep=;\nfilename;class;patient\na.png;x;P1\n;y;P2\n',
    );
    expect(problems.map(({ reason }) => reason)).toEqual(['Line 4: the path is missing.']);
    expect(meanings).toEqual([
      'column "class" read as label',
      'column "filename" read as path',
      'column "patient" could be the group: name it "group" to use it',
    ]);
    expect(ignored).toEqual(['patient']);
  });

  test('reads our own export, and Unicode text of Excel', async () => {
    const own =
      'Image_FileName,Image_PathName,Image_Metadata_Role,Image_Metadata_Class\na.png,/d,normal,x\n';
    expect((await read(own)).rows).toEqual([
      { ...none, path: '/d/a.png', role: 'normal', class: 'x' },
    ]);
    const wide = Buffer.from('\ufeffpath\trole\r\nim/ü.png\tnormal\r\n', 'utf16le');
    expect((await read(wide)).rows).toEqual([
      { ...none, path: join(folder, 'im', 'ü.png'), role: 'normal' },
    ]);
  });

  test('says which column could be meant, and asks which channel', async () => {
    await expect(read('id;picture of cell\n1;a.png\n')).rejects.toThrow(
      'The table has no column "path". Its columns are "id", "picture of cell". The paths could be meant by ' +
        '"picture of cell": name that column "path".',
    );
    await expect(read('id;remark\n1;x\n')).rejects.toThrow(
      /Its columns are "id", "remark". Its first/,
    );
    await expect(read('FileName_DNA,FileName_ER\na.png,b.png\n')).rejects.toThrow(
      /files of 2 channels: "FileName_DNA", "FileName_ER"/,
    );
  });

  test('leads out of its folder neither with slashes nor with backslashes', async () => {
    const { rows, problems } = await read('path\n..\\x.png\nim\\..\\..\\x.png\n../x.png\n');
    expect(rows).toEqual([]);
    expect(problems).toHaveLength(3);
  });
});
