import { runPageTests } from '../browser/page-tests';
import { tests } from './words.page';

runPageTests(import.meta.url, tests);
