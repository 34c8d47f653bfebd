// Prints the end of .ci/run, node count.mjs FAILED_STEPS REPORT.json=EXIT_STATUS…: each failed test
// once more, since what it said is far above by now, and the counts on the last line.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const LINES_OF_A_FAILURE = 30;

const [failedSteps, ...runs] = process.argv.slice(2);
const total = { passed: 0, failed: Number(failedSteps), skipped: 0 };

/** What failed, where, and the first lines of why. */
const tell = (path, name, message) => {
  const lines = stripVTControlCharacters(message ?? '').split('\n');
  console.log(`\n== failed: ${relative('.', path)}${name && ` > ${name}`}`);
  console.log(lines.slice(0, LINES_OF_A_FAILURE).join('\n'));
};

for (const run of runs) {
  const [path, status] = run.split('=');
  const report = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { testResults: [] };
  let failed = 0;
  if (!existsSync(path) && status !== '0') tell(path, '', 'was not written: the run ended early');
  for (const file of report.testResults) {
    const count = (...states) =>
      file.assertionResults.filter((test) => states.includes(test.status)).length;
    total.passed += count('passed');
    total.skipped += count('skipped', 'pending', 'todo', 'disabled');
    for (const test of file.assertionResults)
      if (test.status === 'failed')
        tell(file.name, test.fullName, test.failureMessages?.join('\n'));
    if (file.status === 'failed' && count('failed') === 0) tell(file.name, '', file.message);
    // A file can fail without a failed test: in its imports or its hooks.
    failed += count('failed') || (file.status === 'failed' ? 1 : 0);
  }
  // A run can fail without a failed file: in the global setup, or through an uncaught error.
  total.failed += failed || (status === '0' ? 0 : 1);
}

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 ? 1 : 0;
