// The child's side: answers the calls of the process that started it, and ends with it.

import { serve, type Server, type Service } from '#rpc/serve.ts';
import { channelOf } from './channel.ts';

/**
 * Answers the parent until it closes the channel or is gone, then ends this process. `parse` may be left
 * out where the parent is the only one that can ask, and its types say what it sends.
 */
export function serveParent({
  handlers,
  onBug,
  parse = (_, input) => input,
}: Omit<Service, 'parse'> & Partial<Pick<Service, 'parse'>>): Server {
  const channel = channelOf(process);
  // The parent decides when to end; an interrupt at the terminal goes to it as well.
  process.on('SIGINT', () => undefined);
  channel.onClose(() => process.exit(0));
  return serve(channel, { handlers, onBug, parse });
}

/** The text of a bug for the error output, which the parent keeps. */
export function bugText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** For processes that exist for one call: a bug ends them, and the parent learns it from the exit. */
export function endByBug(error: unknown): never {
  process.stderr.write(`${bugText(error)}\n`);
  process.exit(1);
}
