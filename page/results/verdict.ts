/** Whether what was timed was right, first of all, and whether the figures can be trusted. */
import type { Check } from '../../bench/check';
import { formatShare, formatUlp } from '../../bench/format';
import { checkedRegimes, countUnsteady, measuredOf, type Results } from '../../bench/results';
import { MAX_SPREAD } from '../../bench/spread';
import { deviceName } from '../adapter';
import { create } from '../dom';
import { formatDuration } from './words';

/** Every check of a timed result of ours, and the operation that it is of. */
const checksOf = ({ table, variants, peers }: Results): { op: string; check: Check }[] => [
  ...measuredOf(table).map(({ op: { op, check } }) => ({ op, check })),
  ...checkedRegimes(variants).map(({ result: { op }, time: { check } }) => ({ op, check })),
  ...peers.flatMap(({ op, ours }) => ('check' in ours ? [{ op, check: ours.check }] : [])),
];

/** Whether anything is off: wrong, or failed. */
export const isOff = (results: Results): boolean => results.failures.length > 0 || isWrong(results);

const isWrong = (results: Results): boolean =>
  checksOf(results).some(({ check }) => check.failures > 0);

/** So many ULP within the bound come only of terms that cancel. */
const MANY_ULP = 1000;

/** The largest errors; of an operation whose terms cancel the ULP may be many, and it within its bound. */
function worstOf(checks: ReturnType<typeof checksOf>): string {
  const worst = (of: 'maxUlp' | 'maxShare') =>
    checks.reduce((a, b) => ((b.check[of] ?? Infinity) > (a.check[of] ?? Infinity) ? b : a));
  const [share, ulp] = [worst('maxShare'), worst('maxUlp')];
  const cancels = (ulp.check.maxUlp ?? 0) > MANY_ULP;
  return (
    `at most ${formatShare(share.check.maxShare)} of the bound, ` +
    `largest error ${formatUlp(ulp.check.maxUlp)} ULP (${ulp.op}${cancels ? ', near zero, where its terms cancel' : ''})`
  );
}

/** One device's verdict: what it is, what was checked, and what to make of its figures. */
export function verdictOf(results: Results): HTMLElement {
  const { adapter, date, seconds, cancelled, table, failures, version, commit } = results;
  const checks = checksOf(results);
  const sampled = checks.filter(({ check }) => check.checked < check.rows).length;
  const off = isOff(results);
  const about = [
    adapter.browser,
    date.slice(0, 16).replace('T', ' '),
    formatDuration(seconds),
    `version ${version}${commit ? ` (${commit.slice(0, 7)}${commit.endsWith('changes') ? '+' : ''})` : ''}`,
  ];
  const timers = [...new Set(table.map(({ timer }) => timer))];
  const [unsteady, of] = countUnsteady(table);
  const notes = [
    ...(cancelled ? ['Cancelled: these are the steps that were done.'] : []),
    ...(timers.length > 0 ? [`Timer: ${timers.join(', ')}.`] : []),
    ...(sampled > 0
      ? [`Of ${sampled} large results rows were sampled, of the others every element compared.`]
      : []),
    ...(unsteady > 0
      ? [
          `${unsteady} of ${of} timings are unsteady: their samples spread over more than ` +
            `${100 * MAX_SPREAD} % of the median. Close what else is running, and run again.`,
        ]
      : []),
  ];
  const timed =
    checks.length === 1
      ? 'result that was timed is'
      : `${checks.length} results that were timed are`;
  const right =
    checks.length > 0 ? `${timed} right: held to the float64 reference, ${worstOf(checks)}.` : '';
  const [text, more] = isWrong(results)
    ? ['✗ WRONG RESULTS: these timings are worth nothing.', '']
    : off
      ? ['✗ FAILED in part.', right && `The ${right}`]
      : [right ? `✓ ${checks.length === 1 ? 'The' : 'All'} ${right}` : 'Nothing was timed.', ''];
  const kind = off ? 'bad' : checks.length === 0 ? 'none' : 'good';
  return create(
    'div',
    { class: `verdict ${kind}`, ...(off && { role: 'alert' }) },
    create('h3', {}, deviceName(adapter)),
    create('p', { class: 'about' }, about.join(' · ')),
    create('p', { class: 'word' }, text),
    ...(more ? [create('p', {}, more)] : []),
    ...(failures.length > 0
      ? [create('ul', { class: 'failures' }, ...failures.map((line) => create('li', {}, line)))]
      : []),
    create('p', { class: unsteady > 0 ? 'notes unsteady' : 'notes' }, notes.join(' ')),
  );
}
