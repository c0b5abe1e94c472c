// chart.js with what our charts use. Loaded with the first chart, because it is a third of the window's code.

import { Chart, registerables } from 'chart.js';
import annotation from 'chartjs-plugin-annotation';

Chart.register(...registerables, annotation);
// A canvas does not inherit fonts.
Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;

export { Chart };
