import type { PageTests } from './page-tests';

/** Runs one of a module's `tests`. */
export async function runTest(path: string, title: string): Promise<string> {
  const { tests } = (await import(/* @vite-ignore */ path)) as { tests: PageTests };
  return tests[title]!();
}
