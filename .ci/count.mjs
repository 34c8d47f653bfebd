// Prints the last line of .ci/run: node count.mjs FAILED_STEPS REPORT.json=EXIT_STATUS…
import { existsSync, readFileSync } from 'node:fs';

const [failedSteps, ...runs] = process.argv.slice(2);
const total = { passed: 0, failed: Number(failedSteps), skipped: 0 };

for (const run of runs) {
  const [path, status] = run.split('=');
  const report = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { testResults: [] };
  let failed = 0;
  for (const file of report.testResults) {
    const count = (...states) =>
      file.assertionResults.filter((test) => states.includes(test.status)).length;
    total.passed += count('passed');
    total.skipped += count('skipped', 'pending', 'todo', 'disabled');
    // A file can fail without a failed test: in its imports or its hooks.
    failed += count('failed') || (file.status === 'failed' ? 1 : 0);
  }
  // A run can fail without a failed file: in the global setup, or through an uncaught error.
  total.failed += failed || (status === '0' ? 0 : 1);
}

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 ? 1 : 0;
