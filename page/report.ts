/** The report that `npm run bench -- --report` writes: the page's own plots of results that are in it. */
import type { Results } from '../bench/results';
import { byId } from './dom';
import { ResultsView } from './results/results';
import './style.css';

const results: Results = JSON.parse(byId('results-data', HTMLScriptElement).textContent ?? '');
new ResultsView(byId('report', HTMLElement), true).show([results]);
