// Starts the window's page.

import './no-eval.ts';
import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/page.css';
import './styles/controls.css';
import './styles/shared.css';

// Loaded after `no-eval.ts` has run: files that several views share are evaluated before the file that needs them.
const { default: App } = await import('./App.svelte');
mount(App, { target: document.body });
