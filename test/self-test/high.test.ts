/** The self-test of `precision: high` finds a compiler that reassociates, here one that we play. */
import { expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import type { callsWith } from './high.page';

const page = await openPage();
const run = (defeat: string) =>
  callInPage<typeof callsWith>(page, '/test/self-test/high.page.ts', 'callsWith', defeat);

test('a compiler that leaves the arithmetic as it is written passes', async () => {
  const { told, tests } = await run('none');
  expect(tests).toBe(1);
  expect(new Set(Object.values(told))).toEqual(new Set(['well']));
  expect(Object.keys(told).length).toBeGreaterThan(8);
});

const verdict =
  /^(?<op>\w+): this device's compiler defeats high precision: it reassociates compensated sums, and a probability of \S+ became \S+; use the default precision$/;

test.each([
  'the error of a sum is folded to 0',
  'the two parts of ln 2 are added',
  'the two parts of a difference are added',
])('%s: every call that asks for it fails where it is waited for', async (defeat) => {
  const { told, tests } = await run(defeat);
  expect(tests).toBe(1);
  const opOf = (name: string) => told[name]!.match(verdict)?.groups?.op ?? told[name];
  expect({
    default: told.default,
    'done after default': told['done after default'],
    read: opOf('read'),
    done: opOf('done'),
    'done again': told['done again'],
    'what was made of it': opOf('what was made of it'),
    'another call': opOf('another call'),
    prepare: opOf('prepare'),
    'another engine': opOf('another engine'),
    'default again': told['default again'],
  }).toEqual({
    default: 'well',
    'done after default': 'well',
    read: 'softmax',
    done: 'softmax',
    'done again': 'well',
    'what was made of it': 'softmax',
    'another call': 'logSumExp',
    prepare: 'prepare',
    'another engine': 'logSoftmax',
    'default again': 'well',
  });
});
