import { runPageTests } from '../browser/page-tests';
import { tests } from './bits.page';

runPageTests(import.meta.url, tests);
