// Starts the window's page.

import './no-eval.ts';
import { mount } from 'svelte';
import App from './App.svelte';
import './styles/tokens.css';
import './styles/page.css';
import './styles/controls.css';
import './styles/shared.css';

mount(App, { target: document.body });
