// The schema library builds functions from text where it may. The page's policy forbids that, and
// even trying is a violation: told before any schema is made, so this file is imported first.

import { config } from 'zod';

config({ jitless: true });
