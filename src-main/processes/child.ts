// A child process that runs one of our entry files on Node: starts it, passes its messages on, ends it. Also
// bundled with Electron's main process, whose Node is version 18.

import { spawn } from 'node:child_process';
import { channelOf, type Channel } from './channel.ts';
import { memoryKills, ranOut, saysOutOfMemory } from './memory-kills.ts';

export interface ChildOptions {
  /** Path of the file that Node runs. */
  readonly entry: string;
  readonly args?: readonly string[];
  /** Path of Node; this process's executable when left out, which in Electron is not Node. */
  readonly node?: string;
  readonly nodeOptions?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** 'advanced' also carries bytes, and costs more for all the rest; 'json' when left out. */
  readonly serialization?: 'json' | 'advanced';
  /** Characters of output that are kept; 4000 when left out. */
  readonly tailLength?: number;
  /** Whether its ordinary output is kept with its error output, and not thrown away. */
  readonly keepsOutput?: boolean;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why it could not be started, or null. */
  readonly fault: string | null;
  /** The last characters of its error output. */
  readonly errorOutput: string;
  /** Whether the system killed it for its memory, or it reported that memory ran out. */
  readonly isOutOfMemory: boolean;
}

export interface Child {
  readonly channel: Channel;
  readonly pid: number | undefined;
  /** Resolves when the process has ended for any reason, and output and messages have been read. */
  readonly exited: Promise<Exit>;
  /** Ends it; at once when no signal is given. */
  readonly kill: (signal?: 'SIGTERM' | 'SIGKILL') => void;
  /** Closes the channel, which ends our entries; kills a process that is not gone after `patienceMs`. */
  readonly end: (patienceMs: number) => Promise<Exit>;
}

const standardTail = 4000;

export function startChild(options: ChildOptions): Child {
  const { entry, args = [], node = process.execPath, nodeOptions = [] } = options;
  const { env = process.env, serialization = 'json', tailLength = standardTail } = options;
  const kills = memoryKills();
  const child = spawn(node, [...nodeOptions, entry, ...args], {
    stdio: ['ignore', options.keepsOutput ? 'pipe' : 'ignore', 'pipe', 'ipc'],
    ...{ env, serialization },
  });
  let errorOutput = '';
  let saidOutOfMemory = false;
  // Its last message may come after the event "exit".
  const disconnected = new Promise<void>((resolve) => child.once('disconnect', resolve));
  const drained = [child.stdout, child.stderr].map(async (stream) => {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const all = errorOutput + text;
      // A long stack may follow, and push it out of the kept text.
      saidOutOfMemory ||= saysOutOfMemory(all);
      errorOutput = all.slice(-tailLength);
    });
    // Not the child's event "close": it never comes once this side has closed the channel.
    if (stream) await new Promise((resolve) => stream.once('close', resolve));
  });
  const exited = new Promise<Exit>((resolve) => {
    child.on('error', ({ message: fault }) => {
      if (child.pid !== undefined) return;
      resolve({ code: null, signal: null, fault, errorOutput: '', isOutOfMemory: false });
    });
    child.once('exit', (code, signal) => {
      void Promise.all([disconnected, ...drained]).then(() => {
        const isOutOfMemory = ranOut(signal, saidOutOfMemory, kills, memoryKills());
        resolve({ code, signal, fault: null, errorOutput, isOutOfMemory });
      });
    });
  });
  const channel = channelOf(child);
  const kill = (signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL') => void child.kill(signal);
  return {
    channel: {
      ...channel,
      onClose: (listener) => {
        // A process that could not be started never disconnects.
        if (child.pid === undefined) void exited.then(listener);
        else channel.onClose(listener);
      },
    },
    pid: child.pid,
    exited,
    kill,
    end: async (patienceMs) => {
      channel.close();
      const timer = setTimeout(kill, patienceMs);
      return await exited.finally(() => clearTimeout(timer));
    },
  };
}

/** How a process ended, as text: "signal SIGKILL", "exit code 1". */
export function exitInWords({ code, signal, fault }: Exit): string {
  if (fault !== null) return `could not be started: ${fault}`;
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}

/** The last `count` lines of its error output that are not empty; the empty text without any. */
export function lastLines({ errorOutput }: Exit, count: number): string {
  return errorOutput.trim().split('\n').slice(-count).join('\n');
}
