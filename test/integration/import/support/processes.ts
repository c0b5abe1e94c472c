// What the kernel of Linux says of running processes.

import { readdirSync, readFileSync } from 'node:fs';

export const canWatchProcesses = process.platform === 'linux';
if (!canWatchProcesses) {
  console.log(
    'Skipped: tests that watch or kill reader processes need /proc, which only Linux has.',
  );
}

/** Ids of the processes that `parent` started and that still run. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((id) => Number.isInteger(id) && id > 0 && parentOf(id) === parent);
}

/** The process and everything below it. */
export function treeOf(id: number): number[] {
  return [id, ...childrenOf(id).flatMap(treeOf)];
}

/** Resident memory in use now, bytes; 0 when the process has ended. */
export function memoryOf(id: number): number {
  return statusBytes(id, 'VmRSS');
}

/** The most resident memory that the process has had, bytes. */
export function peakMemoryOf(id: number): number {
  return statusBytes(id, 'VmHWM');
}

/** Seconds that the processor spent on the process. */
export function processorSeconds(id: number): number {
  const fields = statOf(id);
  return fields === undefined ? 0 : (Number(fields[11]) + Number(fields[12])) / 100;
}

function parentOf(id: number): number | undefined {
  return Number(statOf(id)?.[1]);
}

/** The fields behind the name of the program, which may hold spaces. */
function statOf(id: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function statusBytes(id: number, name: string): number {
  try {
    const status = readFileSync(`/proc/${id}/status`, 'latin1');
    return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
