// The child's side: answers the calls of the parent process, and ends with it.

import { serve, type Server, type Service } from '#rpc/serve.ts';
import { channelOf } from './channel.ts';

/**
 * Answers the parent until it closes the channel or is gone, then ends this process. `parse` may be left
 * out where only the parent can call, whose types are checked at compile time.
 */
export function serveParent({
  handlers,
  onBug,
  parse = (_, input) => input,
}: Omit<Service, 'parse'> & Partial<Pick<Service, 'parse'>>): Server {
  const channel = channelOf(process);
  // The parent decides when to end; it receives an interrupt at the terminal as well.
  process.on('SIGINT', () => undefined);
  channel.onClose(() => process.exit(0));
  return serve(channel, { handlers, onBug, parse });
}

/** The text of a bug for the error output, which the parent keeps. */
export function bugText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** For processes that serve one call: an internal error ends them, and the parent sees it from the exit. */
export function endByBug(error: unknown): never {
  process.stderr.write(`${bugText(error)}\n`);
  process.exit(1);
}
