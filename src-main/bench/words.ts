// Parses and checks arguments of the command "bench".

import { resolve } from 'node:path';
import { Failure } from '#domain/failure.ts';

/** The folder of the packed sets. */
export function dataFolder({ data }: { readonly data: string | undefined }): string {
  return resolve(data ?? process.env['NORMSCOPE_DEV_DATA'] ?? '../shared/data/dev');
}

/** Throws `bad-input`. */
export function integers(option: string, text: string): number[] {
  const numbers = text.split(',').map((word) => (/^\s*\d+\s*$/.test(word) ? Number(word) : NaN));
  if (numbers.length > 0 && numbers.every(Number.isSafeInteger)) return numbers;
  throw new Failure('bad-input', `--${option} is a list of whole numbers such as 16,64.`);
}
