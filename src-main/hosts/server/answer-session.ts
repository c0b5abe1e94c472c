// The one request that changes something: a token is exchanged for a cookie, or a cookie is shown.

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

/** Answers with what is served, 403 for whoever may not know it. */
export async function answerSession(
  request: IncomingMessage,
  answer: ServerResponse,
  access: Access,
  served: ServedAs,
): Promise<void> {
  const refuse = (status: number) => void answer.writeHead(status).end();
  if (!access.isFromUs(request.headers, true)) return refuse(403);
  // Neither can be sent by another site without the browser asking us first.
  if (request.headers['x-normscope'] === undefined) return refuse(403);
  if (request.headers['content-type'] !== 'application/json') return refuse(415);
  const text = await readBody(request);
  if (text === undefined) return refuse(413);
  const asked = parse(text);
  if (!asked) return refuse(400);
  if (!access.hasCookie(request.headers)) {
    const cookie = asked.token === undefined ? undefined : access.exchange(asked.token);
    if (cookie === undefined) return refuse(403);
    answer.setHeader('Set-Cookie', cookie);
  }
  answer.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  answer.end(JSON.stringify(served));
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
