// Runs a program where there is no network, and counts how often it asked for one.

import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Linux, as root; in a container, one that may make namespaces. */
export const canTakeNetwork =
  process.platform === 'linux' && spawnSync('unshare', ['--net', 'true']).status === 0;
if (!canTakeNetwork) {
  console.warn('Not tested: that Normscope makes no network call. It takes Linux and root.');
}

/** Counters of the namespace that go up when somebody tries to reach another computer. */
const attempts: readonly (readonly [protocol: string, counter: string])[] = [
  ['Ip', 'OutRequests'],
  ['Ip', 'OutNoRoutes'],
  ['Tcp', 'ActiveOpens'],
  ['Udp', 'OutDatagrams'],
];
const attempts6 = ['Ip6OutNoRoutes', 'Udp6OutDatagrams'];

export interface Offline {
  readonly code: number;
  /** What it printed, errors too. */
  readonly printed: string;
  /** Connections and packets that it tried, all protocols together. */
  readonly attempts: number;
}

/** Where `canTakeNetwork`: a network namespace of its own, which has not even a loopback that is up. */
export async function runOffline(program: string, words: readonly string[]): Promise<Offline> {
  const script = '"$@" 2>&1; echo "code $?"; cat /proc/net/snmp /proc/net/snmp6';
  const args = ['--net', 'sh', '-c', script, 'sh', program, ...words];
  const { stdout } = await execute('unshare', args, { maxBuffer: 2 ** 26 });
  const [printed, code, counters] = stdout.split(/^code (\d+)$/m);
  return { code: Number(code), printed: printed!, attempts: countAttempts(counters!) };
}

function countAttempts(counters: string): number {
  const rows = counters.split('\n').map((line) => line.trim().split(/\s+/));
  const counted = attempts.map(([protocol, counter]) => {
    const [names, values] = rows.filter(([first]) => first === `${protocol}:`);
    return Number(values![names!.indexOf(counter)]);
  });
  const counted6 = attempts6.map((name) => Number(rows.find(([first]) => first === name)![1]));
  return [...counted, ...counted6].reduce((sum, count) => sum + count, 0);
}
