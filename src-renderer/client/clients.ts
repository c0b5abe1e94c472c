// The typed clients of the two contracts.

import type { coreMethods, CoreEvents } from '#contract/core.ts';
import type { shellMethods, ShellEvents } from '#contract/shell.ts';
import type { Client } from '#rpc/connect.ts';
import type { CallsOf } from '#rpc/method.ts';

export type CoreClient = Client<CallsOf<typeof coreMethods>, CoreEvents>;
export type ShellClient = Client<CallsOf<typeof shellMethods>, ShellEvents>;
