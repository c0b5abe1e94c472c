// The messages on a link. JSON-safe.

/** A failure or internal error as it is sent over a link. */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
}

export type Message =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly kind: 'stop'; readonly id: number }
  | { readonly kind: 'result'; readonly id: number; readonly output: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError }
  | { readonly kind: 'event'; readonly name: string; readonly data: unknown };

/** The message, or null when `value`, which comes from outside, is not one. */
export function asMessage(value: unknown): Message | null {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return null;
  const { kind } = value;
  const hasId = 'id' in value && Number.isSafeInteger(value.id);
  const hasName = 'name' in value && typeof value.name === 'string';
  const fits =
    (kind === 'call' && hasId && hasName) ||
    ((kind === 'stop' || kind === 'result') && hasId) ||
    (kind === 'error' && hasId && 'error' in value && isWireError(value.error)) ||
    (kind === 'event' && hasName);
  return fits ? (value as Message) : null;
}

function isWireError(value: unknown): value is WireError {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message, path } = value as Partial<Record<keyof WireError, unknown>>;
  return (
    typeof code === 'string' &&
    typeof message === 'string' &&
    (path === undefined || typeof path === 'string')
  );
}
