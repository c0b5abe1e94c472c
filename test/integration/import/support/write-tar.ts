// Writes .tar archives byte by byte, honest and hostile ones.

export interface TarMember {
  /** Up to 100 bytes, or longer with `long`. */
  readonly name: string | Buffer;
  readonly data?: Uint8Array;
  /** 0 file, 1 hard link, 2 link, 3 and 4 devices, 5 folder, 6 pipe. */
  readonly type?: string;
  readonly link?: string;
  readonly claimedBytes?: number;
  /** How the name is written when it is not just in the header. */
  readonly long?: 'pax' | 'gnu';
}

export function writeTar(members: readonly TarMember[]): Buffer {
  return Buffer.concat([...members.flatMap(memberBlocks), Buffer.alloc(1024)]);
}

function memberBlocks(member: TarMember): Buffer[] {
  const { data = Buffer.alloc(0), type = '0', link = '', long } = member;
  const name = Buffer.from(member.name);
  const size = member.claimedBytes ?? data.length;
  if (long === undefined) return [header(name, type, size, link), padded(data)];
  const short = header(Buffer.from('short name'), type, size, link);
  const text = long === 'gnu' ? Buffer.concat([name, Buffer.of(0)]) : paxRecord('path', name);
  return [
    header(Buffer.from('name'), long === 'gnu' ? 'L' : 'x', text.length, ''),
    padded(text),
    short,
    padded(data),
  ];
}

function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length;
  while (length !== rest.length + String(length).length) {
    length = rest.length + String(length).length;
  }
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function header(name: Buffer, type: string, size: number, link: string): Buffer {
  const block = Buffer.alloc(512);
  name.copy(block, 0, 0, 100);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(size.toString(8).padStart(11, '0') + ' ', 124);
  block.write('14000000000 ', 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write(link, 157);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(sum.toString(8).padStart(6, '0') + '\0 ', 148);
  return block;
}

function padded(data: Uint8Array): Buffer {
  return Buffer.concat([data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}
