// Serves one project to browsers on this computer: the same page as the desktop's window, its
// pictures, and a socket to the core. No file is served by path, and no other computer is
// served.

import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { access as findFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WebSocketServer } from 'ws';
import { exportAddress, pageFile, pageHeaders, pictureAddress } from '#contract/page.ts';
import { Failure } from '#domain/failure.ts';
import type { App } from '#core/app.ts';
import { Access } from './access.ts';
import { answerSession } from './answer-session.ts';
import { socketLink } from './socket-link.ts';

/** The longest message that a page may send, bytes. */
const longestMessage = 4 * 2 ** 20;
const mostConnections = 256;

export interface ServeOptions {
  readonly app: App;
  /** The folder of the built page. */
  readonly pageFolder: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly version: string;
}

export interface ServedProject {
  /** With a token that works once. */
  readonly address: () => string;
  readonly close: () => Promise<void>;
}

interface SentFile {
  /** Absolute. */
  readonly path: string;
  readonly type: string;
  readonly isImmutable: boolean;
  /** For a file that is saved and not shown. */
  readonly download?: string;
}

interface Request {
  readonly question: IncomingMessage;
  readonly answer: ServerResponse;
}

/** Throws `not-found` when the page has not been built, and what the system throws for the port. */
export async function serveProject(options: ServeOptions): Promise<ServedProject> {
  const { app, port } = options;
  await assertPage(options.pageFolder);
  const server = createServer({ requestTimeout: 30_000, maxHeaderSize: 16 * 1024 });
  server.maxConnections = mostConnections;
  await listen(server, port);
  const actual = (server.address() as AddressInfo).port;
  const access = new Access(actual);
  const origin = `http://127.0.0.1:${actual}`;
  const headers = pageHeaders();

  server.on('request', (question, answer) => {
    for (const [name, value] of Object.entries(headers)) answer.setHeader(name, value);
    respond({ question, answer }, options, access).catch(() => {
      // The browser has gone, or a file vanished while it was read.
      if (answer.headersSent) answer.destroy();
      else refuse(answer, 404);
    });
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longestMessage });
  server.on('upgrade', (question, socket, head) => {
    if (!mayLink(question, access)) turnAway(socket);
    else sockets.handleUpgrade(question, socket, head, (opened) => app.serve(socketLink(opened)));
  });
  return {
    address: () => `${origin}/#token=${access.token ?? access.renewToken()}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function respond(
  { question, answer }: Request,
  { app, pageFolder, version }: ServeOptions,
  access: Access,
): Promise<void> {
  if (question.method === 'POST' && question.url === '/session') {
    const project = { folder: app.folder, name: basename(app.folder, '.normscope'), version };
    await answerSession(question, answer, access, project);
    return;
  }
  const found = await find(question, app, access, pageFolder);
  if (typeof found === 'number') refuse(answer, found);
  else await send(answer, found);
}

/** The requested file, or the HTTP status of the refusal. */
async function find(
  { method, url = '', headers }: IncomingMessage,
  app: App,
  access: Access,
  pageFolder: string,
): Promise<SentFile | number> {
  if (method !== 'GET') return 405;
  if (!access.isFromUs(headers, false)) return 403;
  const address = url === '/' ? 'index.html' : url.slice(1);
  const file = pageFile(address);
  if (file) return { ...file, path: join(pageFolder, ...file.path) };
  const name = exportAddress(address);
  if (name !== undefined) {
    if (!access.hasCookie(headers)) return 403;
    const exported = await app.exported(name);
    return exported ? { ...exported, isImmutable: false, download: name } : 404;
  }
  const wanted = pictureAddress(address);
  if (!wanted) return 404;
  if (!access.hasCookie(headers)) return 403;
  const picture = await app.picture(wanted);
  return picture ? { ...picture, isImmutable: true } : 404;
}

async function send(answer: ServerResponse, file: SentFile): Promise<void> {
  answer.setHeader('Content-Type', file.type);
  answer.setHeader(
    'Cache-Control',
    file.isImmutable ? 'private, max-age=31536000, immutable' : 'no-store',
  );
  if (file.download !== undefined) {
    const name = encodeURIComponent(file.download);
    answer.setHeader('Content-Disposition', `attachment; filename*=UTF-8''${name}`);
  }
  const content = createReadStream(file.path);
  // The file is opened before the headers are sent, so that a missing file gets an error status.
  await once(content, 'open');
  await pipeline(content, answer);
}

function refuse(answer: ServerResponse, status: number): void {
  answer.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end();
}

function mayLink(question: IncomingMessage, access: Access): boolean {
  return (
    question.url === '/link' &&
    access.isFromUs(question.headers, true) &&
    access.hasCookie(question.headers)
  );
}

function turnAway(socket: Duplex): void {
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}

async function assertPage(folder: string): Promise<void> {
  await findFile(join(folder, 'index.html')).catch(() => {
    throw new Failure(
      'not-found',
      `The window has not been built (nothing in ${folder}). Run "npm run build" first.`,
      folder,
    );
  });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // Only on the loopback address: the server is for the user of this computer alone.
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
