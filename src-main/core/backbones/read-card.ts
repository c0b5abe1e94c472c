// A backbone's card as a user has written it.

import { open } from 'node:fs/promises';
import { join, parse } from 'node:path';
import type { z } from 'zod';
import { Failure } from '#domain/failure.ts';
import { writtenCard } from '#worker/files/backbone-card.ts';

const longestCard = 2 ** 20;

export type WrittenCard = z.infer<typeof writtenCard>;

/** Where a card is looked for that the user has not named: own.json for own.onnx. */
export function cardBeside(file: string): string {
  const { dir, name } = parse(file);
  return join(dir, `${name}.json`);
}

/** Throws `not-found` and `bad-input` with everything that is wrong. */
export async function readCard(path: string): Promise<WrittenCard> {
  const text = await readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unfit(path, `is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = writtenCard.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path: place, message }) => {
    return place.length === 0 ? message : `${place.join('.')}: ${message}`;
  });
  throw unfit(path, `does not describe a backbone: ${faults.slice(0, 5).join('; ')}`);
}

async function readText(path: string): Promise<string> {
  const file = await open(path).catch((error: unknown) => {
    throw new Failure(
      'not-found',
      `There is no card ${path}. Write one ("normscope help backbone" shows what it says), or name the file of another one.`,
      path,
      {
        cause: error,
      },
    );
  });
  try {
    const { size } = await file.stat();
    if (size > longestCard) throw unfit(path, 'is larger than 1 MiB');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function unfit(path: string, fault: string): Failure {
  return new Failure(
    'bad-input',
    `The card ${path} ${fault.replace(/\.$/, '')}. "normscope help backbone" shows what a card says.`,
    path,
  );
}
