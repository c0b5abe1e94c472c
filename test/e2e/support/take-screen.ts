// Before each file of scenarios: its worker has a screen to itself, so that windows of two apps do not
// take the focus from each other.

import { inject } from 'vitest';

const display = inject('displays')[Number(process.env['VITEST_POOL_ID']) - 1];
if (display !== undefined) process.env['DISPLAY'] = display;
