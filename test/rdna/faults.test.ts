/** Faults put into kernels on purpose, each of which the machine code must show. */
import { expect, test } from 'vitest';
import type { Case } from '../../conformance/cases';
import { callInPage, sharedPage } from '../browser/page';
import type { Change, runChanged } from './faults.page';

const PAGE = '/test/rdna/faults.page.ts';
const page = await sharedPage();

const byWorkgroup: Case = { op: 'softmax', shape: [3, 4097], seed: 1, regime: 'row-per-workgroup' };
const bySubgroup: Case = { op: 'softmax', shape: [7, 500], seed: 1, regime: 'row-per-subgroup' };
const byInvocation: Case = { op: 'softmax', shape: [7, 33], seed: 1, regime: 'row-per-invocation' };

const BARRIER = 'workgroupBarrier();';
const DISTANCE = 'distance *= 2u';

const faults: readonly (readonly [string, Case, Change, RegExp])[] = [
  [
    'barriers left out',
    byWorkgroup,
    { was: BARRIER, is: '' },
    /workgroup memory \(of shared_max, shared_sums\), byte \d+: .*barrier.*\n {2}at softmax row workgroup.*: instruction \d+ of \d+, in BB\d+: ds_/,
  ],
  [
    'a lane distance too long',
    bySubgroup,
    { was: DISTANCE, is: 'distance *= 4u' },
    /elements beyond their bound/,
  ],
  [
    'rows after the last',
    byInvocation,
    { was: 'group < params.group_end', is: 'group < 100000u' },
    /(load from 'x'|store to 'y') out of bounds: lane \d+, byte \d+ of \d+\n {2}at softmax/,
  ],
];

test.each(faults)('%s', async (_, c, change, complaint) => {
  const right = { was: change.was, is: change.was };
  const before = await callInPage<typeof runChanged>(page, PAGE, 'runChanged', c, right);
  expect(before.changed).toBeGreaterThan(0);
  expect(before.complaint).toBe('');
  const after = await callInPage<typeof runChanged>(page, PAGE, 'runChanged', c, change);
  console.log(after.complaint.split('\n').slice(0, 2).join('\n'));
  expect(after.complaint).toMatch(complaint);
});
