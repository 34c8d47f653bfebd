import { runPageTests } from '../browser/page-tests';
import { tests } from './two-parts.page';

runPageTests(import.meta.url, tests);
