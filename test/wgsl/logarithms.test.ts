import { runPageTests } from '../browser/page-tests';
import { tests } from './logarithms.page';

runPageTests(import.meta.url, tests);
