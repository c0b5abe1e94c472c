// Answers POST /session, the only request that changes state: it exchanges a token for a cookie, or checks
// the cookie.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Access } from './access.ts';

const question = z.strictObject({ token: z.string().max(200).optional() });
const longestBody = 1024;

export interface ServedAs {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
}

/** Answers with the project's folder and name and the version, or refuses a client without token or cookie. */
export async function answerSession(
  request: IncomingMessage,
  answer: ServerResponse,
  access: Access,
  served: ServedAs,
): Promise<void> {
  const status = await admit(request, answer, access);
  answer.setHeader('Cache-Control', 'no-store');
  if (status === 200) {
    answer.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(served));
  } else {
    answer.writeHead(status).end();
  }
}

/** Sets the cookie if the token is valid. */
async function admit(
  request: IncomingMessage,
  answer: ServerResponse,
  access: Access,
): Promise<number> {
  const { headers } = request;
  if (!access.isFromUs(headers, true)) return 403;
  // Another site can send neither without a preflight request, which this server does not allow.
  if (headers['x-normscope'] === undefined) return 403;
  if (headers['content-type'] !== 'application/json') return 415;
  const text = await readBody(request);
  if (text === undefined) return 413;
  const asked = parse(text);
  if (!asked) return 400;
  if (access.hasCookie(headers)) return 200;
  const cookie = asked.token === undefined ? undefined : access.exchange(asked.token);
  if (cookie === undefined) return 403;
  answer.setHeader('Set-Cookie', cookie);
  return 200;
}

/** undefined when it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): z.infer<typeof question> | undefined {
  try {
    return question.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
