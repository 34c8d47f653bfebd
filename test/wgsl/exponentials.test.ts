import { runPageTests } from '../browser/page-tests';
import { tests } from './exponentials.page';

runPageTests(import.meta.url, tests);
