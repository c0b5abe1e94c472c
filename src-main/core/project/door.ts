// The project's door: a local socket on which its owner answers other processes of the same user, so
// that a run can be cancelled from a second terminal. It says nothing about who owns the project:
// that is the lock's business.

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, rmdir } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Link } from '#rpc/link.ts';
import { lineLink } from './line-link.ts';
import { readOwner } from '../store/project-lock.ts';

export interface Door {
  /** A socket's path, or the name of a pipe on Windows. */
  readonly address: string;
  /** Sends every guest away. */
  readonly close: () => Promise<void>;
}

/** What a guest may send in one line, and what it is ready to read, bytes. */
const longestQuestion = 4 * 2 ** 20;
const longestAnswer = 256 * 2 ** 20;

/** A door that does not open within this is taken for closed, milliseconds. */
const patienceMs = 2000;

const folderStart = 'normscope-door-';
const socketName = 'door';

/** Opens a door that nobody but this user can find or pass. Throws what the system throws. */
export async function openDoor(onGuest: (link: Link) => void): Promise<Door> {
  const guests = new Set<Socket>();
  const server = createServer((socket) => {
    guests.add(socket);
    socket.once('close', () => guests.delete(socket));
    onGuest(lineLink(socket, longestQuestion));
  });
  const address = await freshAddress();
  try {
    await listen(server, address);
  } catch (error) {
    await sweepDoor(address);
    throw error;
  }
  return {
    address,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const guest of guests) guest.destroy();
      await closed;
      await sweepDoor(address);
    },
  };
}

/** A link to the owner of the project in `folder`; undefined when nobody answers there. */
export async function knock(folder: string): Promise<Link | undefined> {
  const owner = await readOwner(folder);
  if (owner?.door === undefined || owner.host !== hostname() || !isOurs(owner.door)) {
    return undefined;
  }
  const socket = createConnection(owner.door);
  socket.setTimeout(patienceMs);
  return await new Promise((resolve) => {
    const giveUp = () => {
      socket.destroy();
      resolve(undefined);
    };
    socket.once('error', giveUp).once('timeout', giveUp);
    socket.once('connect', () => {
      socket.off('error', giveUp).off('timeout', giveUp).setTimeout(0);
      resolve(lineLink(socket, longestAnswer));
    });
  });
}

/** Removes what a door leaves behind when its owner was killed. */
export async function sweepDoor(address: string): Promise<void> {
  if (process.platform === 'win32' || !isOurs(address)) return;
  await rm(address, { force: true });
  await rmdir(dirname(address)).catch(() => undefined);
}

async function freshAddress(): Promise<string> {
  if (process.platform === 'win32') {
    return `\\\\.\\pipe\\${folderStart}${randomBytes(16).toString('hex')}`;
  }
  // Made by mkdtemp, so that only this user may enter.
  return join(await mkdtemp(join(tmpdir(), folderStart)), socketName);
}

/** A project may come from a stranger: its owner file must not lead us to any other socket. */
function isOurs(address: string): boolean {
  if (process.platform === 'win32') return address.startsWith(`\\\\.\\pipe\\${folderStart}`);
  return basename(address) === socketName && basename(dirname(address)).startsWith(folderStart);
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
