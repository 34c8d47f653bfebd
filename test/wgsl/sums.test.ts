import { runPageTests } from '../browser/page-tests';
import { tests } from './sums.page';

runPageTests(import.meta.url, tests);
