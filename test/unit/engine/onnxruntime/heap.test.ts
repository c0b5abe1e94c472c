import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { heapEnvironment } from '#engine/onnxruntime/heap.ts';

const options = fileURLToPath(
  new URL('../../../../src-main/engine/onnxruntime/session-options.ts', import.meta.url),
);

/** What a process with this environment asks of onnxruntime, and how often it faults, once warm. */
function measured(environment: NodeJS.ProcessEnv): { arena: boolean; faults: number } {
  const script = `
    import { sessionOptions } from ${JSON.stringify(options)};
    const faults = () => process.resourceUsage().minorPageFault;
    const touch = () => new Float32Array(2 ** 24).fill(1).buffer.transfer(0);
    touch();
    const before = faults();
    for (let turn = 0; turn < 4; turn++) touch();
    const arena = sessionOptions(1, 'basic').enableCpuMemArena;
    console.log(JSON.stringify({ arena, faults: faults() - before }));`;
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    env: environment,
    encoding: 'utf8',
  });
  return JSON.parse(text) as { arena: boolean; faults: number };
}

describe('the heap of a process that computes', () => {
  it('is left to onnxruntime where the process was started like any other', () => {
    expect(measured(process.env).arena).toBe(true);
  });

  it.runIf(process.platform === 'linux')('keeps what is freed, in the place of an arena', () => {
    const { arena, faults } = measured(heapEnvironment());
    expect(arena).toBe(false);
    // 64 MiB four times, in pages of 4 KiB, would be 65,536.
    expect(faults).toBeLessThan(8_000);
    // Unless the system takes huge pages by itself.
    const huge = readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8');
    if (huge.includes('[always]')) return;
    expect(measured(process.env).faults).toBeGreaterThan(30_000);
  });
});
