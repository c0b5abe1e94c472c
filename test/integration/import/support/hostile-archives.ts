// Archives that try to write or read outside the folder in which they are unpacked, or to fill it.

import { gzipSync } from 'node:zlib';
import { smallPng } from './write-png.ts';
import { writeTar, type TarMember } from './write-tar.ts';
import { writeZip, type ZipMember } from './write-zip.ts';

export interface HostileArchive {
  /** File name. */
  readonly name: string;
  readonly content: Buffer;
  /** How many members must be refused or fail. */
  readonly refused: number;
  /** How many are harmless images. */
  readonly images: number;
}

type Pack = readonly [extension: string, pack: (members: readonly Packed[]) => Buffer];
type Packed = Pick<ZipMember & TarMember, 'name'> & { readonly data: Buffer };

const packs: readonly Pack[] = [
  ['zip', (members) => writeZip(members)],
  ['tar', (members) => writeTar(members)],
  ['tar.gz', (members) => gzipSync(writeTar(members.map((one) => ({ ...one, long: 'pax' }))))],
  ['tgz', (members) => gzipSync(writeTar(members.map((one) => ({ ...one, long: 'gnu' }))))],
];

/** outside: an absolute path of a folder where nothing may appear. */
export function hostileArchives(outside: string): HostileArchive[] {
  let seed = 1000;
  const picture = () => smallPng(seed++);
  const archives: HostileArchive[] = [];
  const add = (name: string, content: Buffer, refused: number, images: number) =>
    archives.push({
      name: `${String(archives.length).padStart(3, '0')} ${name}`,
      content,
      refused,
      images,
    });
  const good = (name = 'good.png') => ({ name, data: picture() });

  for (const evil of escapingNames(outside)) {
    for (const [extension, pack] of packs) {
      // A tar's header has no backslash separators: there it is a strange name, refused alike.
      add(`name.${extension}`, pack([good(), { name: evil, data: picture() }]), 1, 1);
    }
  }
  for (const [extension, pack] of packs) {
    const twice = { name: 'twice.png', data: picture() };
    add(`twice.${extension}`, pack([good(), twice, { ...twice, data: picture() }]), 1, 2);
    add(`systems.${extension}`, pack(deviceNames().map(good)), 0, deviceNames().length);
  }
  for (const archive of links(outside, good)) add(...archive);
  for (const archive of lies(picture, good)) add(...archive);
  return archives;
}

function escapingNames(outside: string): string[] {
  return [
    '../evil.png',
    '../../../../../../../../evil.png',
    'a/../../evil.png',
    'a/b/../../../evil.png',
    './../evil.png',
    `${outside}/evil.png`,
    `//${outside}/evil.png`,
    '/evil.png',
    'C:/evil.png',
    'c:evil.png',
    '..\\evil.png',
    'a\\..\\..\\evil.png',
    'C:\\evil.png',
    '\\\\server\\share\\evil.png',
    '..',
    'a/..',
    '../.hidden/evil.png',
  ];
}

/** Names that some systems take for devices: only names here, because no file gets one of them. */
function deviceNames(): string[] {
  return [
    'CON.png',
    'nul',
    'aux.tif',
    'COM1.png',
    'a./b .png',
    'file.png:stream',
    '~/x.png',
    '$HOME.png',
  ];
}

type Row = [name: string, content: Buffer, refused: number, images: number];

function links(outside: string, good: (name?: string) => Packed): Row[] {
  const rows: Row[] = [];
  const target = `${outside}/target`;
  for (const link of [target, '..', '../../..', '/', 'good.png', '/etc/passwd']) {
    const tar = [
      good(),
      { name: 'link', type: '2', link },
      // Written through the link, if the link had been made; it is a plain name here.
      good('link/evil.png'),
      { name: 'hard.png', type: '1', link },
    ];
    rows.push(['links.tar', writeTar(tar), 2, 2]);
    const zip = [
      good(),
      { name: 'link', data: Buffer.from(link), mode: 0o120777 },
      good('link/evil.png'),
    ];
    rows.push(['links.zip', writeZip(zip), 1, 2]);
  }
  const devices = ['3', '4', '6', 'D', 'S', 'V', 'M'].map((type, i) => ({
    name: `device${i}`,
    type,
  }));
  rows.push(['devices.tar', writeTar([good(), ...devices]), devices.length, 1]);
  const pipes = [0o010644, 0o020644, 0o060644, 0o140644].map((mode, i) => ({
    name: `device${i}`,
    data: Buffer.from('x'),
    mode,
  }));
  rows.push(['devices.zip', writeZip([good(), ...pipes]), pipes.length, 1]);
  return rows;
}

/** Archives that lie about themselves. */
function lies(picture: () => Buffer, good: (name?: string) => Packed): Row[] {
  const png = picture();
  const zeros = Buffer.alloc(300 * 2 ** 20);
  const cut = writeTar([good(), { name: 'cut.png', data: png }]);
  const zip = writeZip([good(), { name: 'a.png', data: png }]);
  const damaged = Buffer.from(zip);
  damaged[damaged.indexOf(png) + 60]! ^= 1;
  return [
    [
      'longer.zip',
      writeZip([good(), { name: 'a.png', data: png, claimedBytes: 2 * png.length }]),
      1,
      1,
    ],
    ['shorter.zip', writeZip([good(), { name: 'a.png', data: png, claimedBytes: 40 }]), 1, 1],
    [
      'deflated.zip',
      writeZip([good(), { name: 'a.png', data: png, deflate: true, claimedBytes: 40 }]),
      1,
      1,
    ],
    ['sum.zip', writeZip([good(), { name: 'a.png', data: png, claimedSum: 7 }]), 1, 1],
    ['flipped.zip', damaged, 1, 1],
    ['encrypted.zip', writeZip([good(), { name: 'a.png', data: png, flags: 1 }]), 1, 1],
    ['method.zip', writeZip([good(), { name: 'a.png', data: png, method: 99 }]), 1, 1],
    // The directory counts, not what stands in front of the data.
    ['local.zip', writeZip([{ name: 'a.png', localName: '../../evil.png', data: png }]), 0, 1],
    ['cut.zip', zip.subarray(0, -30), 1, 0],
    ['cut.tar', cut.subarray(0, 1024 + 512 + 20), 2, 1],
    ['cut.tgz', gzipSync(cut).subarray(0, -20), 1, 1],
    ['none.tar', Buffer.from('this is no archive'), 1, 0],
    ['none.zip', Buffer.alloc(0), 1, 0],
    [
      'endless.tar',
      writeTar([good(), { name: 'a.png', data: png, claimedBytes: 10 * 2 ** 30 }]),
      2,
      1,
    ],
    ['huge.zip', writeZip([good(), { name: 'a.png', data: png, claimedBytes: 4e9 }]), 1, 1],
    ['ratio.zip', writeZip([good(), { name: 'a.png', data: zeros, deflate: true }]), 1, 1],
    ['ratio.tar.gz', gzipSync(writeTar([good(), { name: 'a', data: zeros }]), { level: 1 }), 2, 1],
    ['header.tar.gz', gzipSync(hugeHeader(zeros), { level: 1 }), 1, 0],
  ];
}

/** A header for the name of the next member that is 300 MB long. */
function hugeHeader(zeros: Buffer): Buffer {
  return writeTar([
    { name: 'x', type: 'x', data: zeros },
    { name: 'a.png', data: smallPng(1) },
  ]);
}
