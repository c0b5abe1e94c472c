// The server against those who should not get in: real server, real project, raw requests.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { coreMethods, CoreEvents } from '#contract/core.ts';
import { openApp, type App } from '#core/app.ts';
import { serveProject, type ServedProject } from '#hosts/server/serve-project.ts';
import { connect } from '#rpc/connect.ts';
import type { Message } from '#rpc/wire.ts';
import type { CallsOf } from '#rpc/method.ts';
import { pathSpellings } from '../../support/path-spellings.ts';
import { senselessText } from '../../support/senseless-texts.ts';

const sample = fileURLToPath(new URL('../../../resources/sample/blood-cells.zip', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'normscope-server-'));
let app: App;
let served: ServedProject;
let port: number;
let cookie: string;
/** Of an image of the project. */
let hash: string;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function ask(
  path: string,
  headers: Record<string, string> = {},
  { method = 'GET', body = '' } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('latin1').on('data', (part: string) => (text += part));
      answer.on('end', () =>
        resolve({ status: answer.statusCode!, headers: answer.headers, body: text }),
      );
    });
    asked.on('error', reject).end(body);
  });
}

const own = () => ({ Host: `127.0.0.1:${port}`, Origin: `http://127.0.0.1:${port}` });
const json = { 'Content-Type': 'application/json', 'X-Normscope': '1' } as const;

function enter(token: string | undefined, headers: Record<string, string> = {}): Promise<Answer> {
  const body = JSON.stringify(token === undefined ? {} : { token });
  return ask('/session', { ...own(), ...json, ...headers }, { method: 'POST', body });
}

function tokenOf(address: string): string {
  return new URLSearchParams(new URL(address).hash.slice(1)).get('token')!;
}

/** Resolves with the status of the refusal, or 101. */
function openSocket(headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/link`, { headers });
  return new Promise((resolve) => {
    socket.on('open', () => {
      socket.close();
      resolve(101);
    });
    socket.on('unexpected-response', (_request, answer) => resolve(answer.statusCode!));
    socket.on('error', () => undefined);
  });
}

/** With the cookie. */
async function openedSocket(): Promise<WebSocket> {
  const headers = { ...own(), Cookie: cookie };
  const socket = new WebSocket(`ws://127.0.0.1:${port}/link`, { headers });
  await new Promise((resolve) => socket.once('open', resolve));
  return socket;
}

function clientOf(socket: WebSocket) {
  return connect<CallsOf<typeof coreMethods>, CoreEvents>({
    send: (message: Message) => socket.send(JSON.stringify(message)),
    onMessage: (listener) =>
      void socket.on('message', (bytes: Buffer) => listener(JSON.parse(bytes.toString('utf8')))),
    onClose: (listener) => void socket.on('close', listener),
    close: () => socket.close(),
  });
}

async function datasets() {
  const core = clientOf(await openedSocket());
  const found = await core.call('datasets.list', {});
  core.close();
  return found;
}

beforeAll(async () => {
  const pageFolder = join(folder, 'page');
  await mkdir(join(pageFolder, 'assets'), { recursive: true });
  await writeFile(join(pageFolder, 'index.html'), '<!doctype html>');
  await writeFile(join(pageFolder, 'assets', 'index-1.js'), 'export {};');
  app = await openApp(join(folder, 'Cells.normscope'), { create: true });
  served = await serveProject({ app, pageFolder, port: 0, version: '1.2.3' });
  port = Number(new URL(served.address()).port);
  const answer = await enter(tokenOf(served.address()));
  cookie = answer.headers['set-cookie']![0]!.split(';')[0]!;

  const core = clientOf(await openedSocket());
  const imported = new Promise((resolve) =>
    core.on('job.changed', ({ state }) => {
      if (state === 'succeeded') resolve(state);
    }),
  );
  await core.call('images.import', { paths: [sample], dataset: 'cells' });
  await imported;
  hash = (await core.call('images.page', { dataset: 'cells', limit: 1 })).images[0]!.hash;
  core.close();
});

afterAll(async () => {
  await served.close();
  await app.close();
  await rm(folder, { recursive: true });
});

describe('an authorised client', () => {
  it('gets the page, the session, pictures and the socket', async () => {
    const page = await ask('/', own());
    expect([page.status, page.headers['content-type'], page.body]).toEqual([
      200,
      'text/html; charset=utf-8',
      '<!doctype html>',
    ]);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    const session = await enter(undefined, { Cookie: cookie });
    expect(JSON.parse(session.body)).toEqual({
      folder: app.folder,
      name: 'Cells',
      version: '1.2.3',
    });
    const picture = await ask(`/thumb/${hash}`, { ...own(), Cookie: cookie });
    expect([picture.status, picture.headers['content-type']]).toEqual([200, 'image/webp']);
    expect(picture.body.slice(0, 4)).toBe('RIFF');
    const original = await ask(`/image/${hash}`, { ...own(), Cookie: cookie });
    expect([original.status, original.headers['content-type']]).toEqual([200, 'image/jpeg']);
    expect(await openSocket({ ...own(), Cookie: cookie })).toBe(101);
  });

  it('must be on this computer', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal);
    const reached = await Promise.all(
      others.map(
        ({ address }) =>
          new Promise((resolve) => {
            const socket = connectSocket({ host: address, port, timeout: 1000 });
            socket.once('connect', () => resolve(address)).once('error', () => resolve(null));
            socket.once('timeout', () => resolve(null));
          }),
      ),
    );
    expect(reached.filter((address) => address !== null)).toEqual([]);
  });
});

describe('the token', () => {
  it('works once, and no other token works', async () => {
    const token = tokenOf(served.address());
    const wrong = [
      ...[undefined, '', 'x', token.slice(1), `${token}0`, token.toUpperCase(), ` ${token}`],
      token.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    ];
    for (const guess of wrong) expect((await enter(guess)).status).toBe(403);
    const first = await enter(token);
    expect(first.status).toBe(200);
    expect(first.headers['set-cookie']![0]).toMatch(
      /^normscope-\d+=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect((await enter(token)).status).toBe(403);
  });

  it('must come with a header and a content type that no other site can send', async () => {
    const session = (headers: Record<string, string>, body = '{}') =>
      ask('/session', { ...own(), Cookie: cookie, ...headers }, { method: 'POST', body });
    expect((await session({ 'Content-Type': 'application/json' })).status).toBe(403);
    expect((await session({ 'X-Normscope': '1' })).status).toBe(415);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      expect((await session({ 'X-Normscope': '1', 'Content-Type': type })).status).toBe(415);
    }
    expect((await session(json, '{"token":1}')).status).toBe(400);
    expect((await session(json, '{')).status).toBe(400);
    expect((await session(json, `{"token":"${'0'.repeat(5000)}"}`)).status).toBe(413);
  });

  it('and the cookie are needed for pictures and the socket', async () => {
    for (const given of ['', 'normscope-1=0', `${cookie}0`, cookie.slice(0, -1)]) {
      const headers = { ...own(), Cookie: given };
      expect((await ask(`/thumb/${hash}`, headers)).status).toBe(403);
      expect((await ask(`/image/${hash}`, headers)).status).toBe(403);
      expect(await openSocket(headers)).toBe(403);
    }
  });
});

describe('a page of another site', () => {
  const hosts = () => [
    ...['evil.example', 'localhost', '127.0.0.1', `evil.example:${port}`, '127.0.0.1:1'],
    ...[`127.0.0.1.evil.example:${port}`, `localhost.evil.example:${port}`, `0.0.0.0:${port}`],
    ...[`127.1:${port}`, `2130706433:${port}`, `0x7f000001:${port}`, `[::ffff:127.0.0.1]:${port}`],
    ...[
      `127.0.0.1:${port}.`,
      `127.0.0.1:0${port}`,
      `LOCALHOST.:${port}`,
      `xn--lcalhost-54a:${port}`,
    ],
    ...[`user@127.0.0.1:${port}`, `127.0.0.1:${port}@evil.example`, `127.0.0.2:${port}`],
  ];
  const origins = () => [
    ...['null', 'http://evil.example', 'https://evil.example', `https://127.0.0.1:${port}`],
    ...[`http://127.0.0.1`, `http://127.0.0.1:1`, `http://localhost.evil.example:${port}`],
    ...[`http://127.0.0.1:${port}.evil.example`, `http://127.0.0.1:${port}/`, 'file://'],
    ...[`http://evil.example:${port}`, `http://127.0.0.1:${port} `, `HTTP://127.0.0.1:${port}`],
    ...['app://normscope', `ws://127.0.0.1:${port}`, `http://[::1]:${port}`, 'http://', '*'],
  ];

  it('is refused with any host and origin', async () => {
    const good = own();
    const cases: Record<string, string>[] = [
      ...hosts().map((host) => ({ ...good, Host: host })),
      ...hosts().map((host) => ({ Host: host, Origin: `http://${host}` })),
      ...origins().map((origin) => ({
        ...good,
        Origin: origin.trim() === good.Origin ? 'x' : origin,
      })),
      ...['cross-site', 'same-site'].map((site) => ({ ...good, 'Sec-Fetch-Site': site })),
    ];
    let refused = 0;
    for (const headers of cases) {
      const withCookie = { ...headers, Cookie: cookie };
      const answers = [
        (await ask('/', withCookie)).status,
        (await ask(`/thumb/${hash}`, withCookie)).status,
        (await enter(undefined, withCookie)).status,
        await openSocket(withCookie),
      ];
      // Node itself answers 400 to a host that is none.
      expect(
        answers.filter((status) => status !== 403 && status !== 400),
        JSON.stringify(headers),
      ).toEqual([]);
      refused += answers.length;
    }
    expect(refused).toBeGreaterThanOrEqual(200);
  });

  it('cannot open a socket without an origin', async () => {
    expect(await openSocket({ Host: own().Host, Cookie: cookie })).toBe(403);
  });
});

describe('a client with the cookie', () => {
  it('changes nothing and breaks nothing with ten thousand malformed messages', async () => {
    const unseen: unknown[] = [];
    const note = (error: unknown) => void unseen.push(error);
    process.on('unhandledRejection', note);
    const before = await datasets();
    let sent = 0;
    for (let id = 0; sent < 10_000;) {
      const socket = await openedSocket();
      const ended = new Promise((resolve) => socket.once('close', resolve));
      // Text that is not JSON ends the connection; the test continues on a new one.
      for (; id < 12_000 && socket.readyState === socket.OPEN; id++, sent++) {
        if (id % 97 === 0) socket.send(Buffer.from([0, 1, 255]));
        else socket.send(senselessText(id));
        if (id % 10 === 0) await new Promise(setImmediate);
      }
      socket.close();
      await ended;
    }
    expect(await datasets()).toEqual(before);
    expect(unseen).toEqual([]);
    process.off('unhandledRejection', note);
  });

  it('is disconnected after a message of 64 MiB', async () => {
    const socket = await openedSocket();
    const code = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.send(`"${'x'.repeat(64 * 2 ** 20)}"`);
    expect(await code).toBe(1009);
    expect(await datasets()).toHaveLength(1);
  });
});

describe('files', () => {
  it('are never served by path, in any spelling', async () => {
    const headers = { ...own(), Cookie: cookie };
    expect(pathSpellings.length).toBeGreaterThanOrEqual(500);
    for (const spelling of pathSpellings) {
      // Node refuses to send some of them at all.
      if (!/^[\x21-\x7e]*$/.test(spelling)) continue;
      expect((await ask(`/${spelling}`, headers)).status, spelling).toBe(404);
    }
  });

  it('are not served to another method or for an unknown hash', async () => {
    const headers = { ...own(), Cookie: cookie };
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'POST', 'HEAD']) {
      expect((await ask(`/thumb/${hash}`, headers, { method })).status, method).toBe(405);
    }
    expect((await ask(`/thumb/${'0'.repeat(64)}`, headers)).status).toBe(404);
    expect((await ask(`/thumb/${hash.toUpperCase()}`, headers)).status).toBe(404);
    expect((await ask(`/thumb/${hash}?x=1`, headers)).status).toBe(404);
  });
});
