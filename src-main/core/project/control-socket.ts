// The project's control socket: a local socket on which the owner of the project answers other processes
// of the same user, so that a run can be cancelled from a second terminal. Ownership itself is decided by
// the lock (../store/project-lock.ts), not here.

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, rmdir } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Link } from '#rpc/link.ts';
import { lineLink } from './line-link.ts';
import { readOwner } from './project-lock.ts';

export interface ControlSocket {
  /** A socket's path, or the name of a pipe on Windows. */
  readonly address: string;
  /** Disconnects every client. */
  readonly close: () => Promise<void>;
}

/** The longest line that a client may send, and the longest that it reads, bytes. */
const longestRequest = 4 * 2 ** 20;
const longestAnswer = 256 * 2 ** 20;

/** An owner that does not accept the connection within this time counts as absent, milliseconds. */
const connectTimeoutMs = 2000;

const folderStart = 'normscope-control-';
const socketName = 'control';

/** Listens where only this user can connect. Throws what the system throws. */
export async function openControlSocket(onClient: (link: Link) => void): Promise<ControlSocket> {
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    clients.add(socket);
    socket.once('close', () => clients.delete(socket));
    onClient(lineLink(socket, longestRequest));
  });
  const address = await freshAddress();
  try {
    await listen(server, address);
  } catch (error) {
    await removeControlSocket(address);
    throw error;
  }
  return {
    address,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const client of clients) client.destroy();
      await closed;
      await removeControlSocket(address);
    },
  };
}

/** A link to the owner of the project in `folder`; undefined when no owner accepts the connection. */
export async function connectToOwner(folder: string): Promise<Link | undefined> {
  const owner = await readOwner(folder);
  const address = owner?.controlSocket;
  if (address === undefined || owner?.host !== hostname() || !isOurs(address)) return undefined;
  const socket = createConnection(address);
  socket.setTimeout(connectTimeoutMs);
  return await new Promise((resolve) => {
    const fail = () => {
      socket.destroy();
      resolve(undefined);
    };
    socket.once('error', fail).once('timeout', fail);
    socket.once('connect', () => {
      socket.off('error', fail).off('timeout', fail).setTimeout(0);
      resolve(lineLink(socket, longestAnswer));
    });
  });
}

/** Removes the socket and its folder, which stay behind when the owner was killed. */
export async function removeControlSocket(address: string): Promise<void> {
  if (process.platform === 'win32' || !isOurs(address)) return;
  await rm(address, { force: true });
  await rmdir(dirname(address)).catch(() => undefined);
}

async function freshAddress(): Promise<string> {
  if (process.platform === 'win32') {
    return `\\\\.\\pipe\\${folderStart}${randomBytes(16).toString('hex')}`;
  }
  // mkdtemp gives only this user access to the folder.
  return join(await mkdtemp(join(tmpdir(), folderStart)), socketName);
}

/** A project may come from an untrusted source: its owner file must not name any other socket. */
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
