// Answers that take seconds to compute, kept as files in the project's cache, which can be removed at any time.

import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '#files/whole-file.ts';

/**
 * The answer to `key`, from the cache or computed. Both are JSON. A file that cannot be read, or not be written, costs
 * time only.
 */
export async function keptAnswer<Answer>(
  folder: string,
  key: unknown,
  compute: () => Promise<Answer>,
): Promise<Answer> {
  const name = createHash('sha256').update(JSON.stringify(key)).digest('hex');
  const path = join(folder, 'cache', 'advice', `${name}.json`);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Answer;
  } catch {
    const answer = await compute();
    await mkdir(join(folder, 'cache', 'advice'), { recursive: true })
      .then(() => writeWhole(path, [Buffer.from(JSON.stringify(answer))]))
      .catch(() => undefined);
    return answer;
  }
}
