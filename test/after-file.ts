/** Runs with every test file. The files of a worker share its modules, and leave nothing behind in them. */
import { afterAll, vi } from 'vitest';
import { closePages } from './browser/page';

afterAll(async () => {
  vi.restoreAllMocks();
  await closePages();
});
