// Disables code generation in the schema library: the page's content security policy forbids it and
// reports even the attempt. Imported first, before any schema is created.

import { config } from 'zod';

config({ jitless: true });
