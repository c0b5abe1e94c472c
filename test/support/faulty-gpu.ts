// A graphics card that fails when a test wants it: the software one behind a driver of our own
// (faulty-driver.c), which is compiled here. It fails where real cards do, below onnxruntime: submitted work
// loses the device.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ChoiceCache } from '#engine/choice-cache.ts';
import { userCacheFolder } from '#engine/user-cache.ts';
import { hasSoftwareGpu, useSoftwareGpu } from './software-gpu.ts';

/** Where there is a compiler and a software card; says so where there is not. */
export const hasFaultyGpu = hasSoftwareGpu && hasCompiler();

function hasCompiler(): boolean {
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('Not tested: a graphics card that fails. It takes a C compiler (cc).');
    return false;
  }
}

export interface FaultyGpu {
  /** From now on whatever is asked of the device loses it, until `heal`. */
  readonly lose: () => void;
  readonly heal: () => void;
}

/** Makes this process and those it starts compute on it. Call it before onnxruntime is used. */
export function useFaultyGpu(): FaultyGpu {
  useSoftwareGpu();
  const manifest = process.env['VK_ICD_FILENAMES']!;
  const { ICD } = JSON.parse(readFileSync(manifest, 'utf8')) as { ICD: { library_path: string } };
  const folder = mkdtempSync(join(tmpdir(), 'normscope-faulty-gpu-'));
  const [library, lost] = [join(folder, 'libfaulty.so'), join(folder, 'lost')];
  const source = join(import.meta.dirname, 'faulty-driver.c');
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  const own = {
    file_format_version: '1.0.0',
    ICD: { library_path: library, api_version: '1.0.5' },
  };
  writeFileSync(join(folder, 'faulty.json'), JSON.stringify(own));
  process.env['VK_ICD_FILENAMES'] = join(folder, 'faulty.json');
  process.env['FAULTY_DRIVER'] = resolve(dirname(manifest), ICD.library_path);
  process.env['FAULTY_DRIVER_LOST'] = lost;
  return {
    lose: () => writeFileSync(lost, ''),
    heal: () => rmSync(lost, { force: true }),
  };
}

/**
 * Makes `auto` take it with so many threads (0: as many as there are): measured, the processor would win. So
 * far behind, the processor is not timed with the steps of a run.
 */
export async function preferGpu(threads: number): Promise<void> {
  const cache = new ChoiceCache(userCacheFolder(), threads);
  await cache.write({ times: { webgpu: 1, cpu: 1000 }, refused: {} });
}
