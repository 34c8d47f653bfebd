/** The section that runs the verification and shows what it finds, operation by operation. */

import { type TestOp, testOps } from '../../conformance/cases';
import { subgroupsOf } from '../../conformance/matrix';
import type { CaseResult } from '../../conformance/run-cases';
import { Bench } from '../benchmark/bench';
import { byId, create } from '../dom';
import { keptTuning } from '../glance/tune';
import { formatCount, formatShare, formatUlp } from '../numbers';
import { planSuite, runSuite, type Size, type Step, sizes } from './suite';

/** Failure reports shown in full. */
const SHOWN_REPORTS = 8;

/** 'idle', 'running', then how it ended; the section's data-state, which its colours follow. */
type State = 'running' | 'good' | 'bad' | 'cancelled';

/** What the results of an operation, or of all, come to. */
interface Tally {
  /** Cases of the run. */
  planned: number;
  done: number;
  failed: number;
  elements: number;
  maxUlp: number;
  maxShare: number;
}

const newTally = (): Tally => ({
  planned: 0,
  done: 0,
  failed: 0,
  elements: 0,
  maxUlp: 0,
  maxShare: 0,
});

/** Wires the buttons; `?verify=quick` in the address chooses the size. */
export function mountVerify(device: GPUDevice): void {
  const size = byId('size', HTMLSelectElement);
  for (const [name, { longest, everyRegime }] of Object.entries(sizes)) {
    const regimes = everyRegime ? 'every regime' : 'the regimes chosen here';
    const text = `${name}: ${regimes}, rows of up to ${formatCount(longest)}`;
    size.append(create('option', { value: name }, text));
  }
  const asked = new URLSearchParams(location.search).get('verify');
  size.value = asked !== null && asked in sizes ? asked : 'standard';
  showTable(new Map());
  // Whoever has no pointer scrolls it by keyboard.
  byId('operations-scroll', HTMLElement).tabIndex = 0;

  const run = byId('run', HTMLButtonElement);
  const cancel = byId('cancel', HTMLButtonElement);
  let stop = new AbortController();
  cancel.addEventListener('click', () => stop.abort());
  run.addEventListener('click', async () => {
    stop = new AbortController();
    run.hidden = true;
    size.disabled = true;
    cancel.hidden = false;
    cancel.focus();
    try {
      await verify(device, size.value as Size, stop.signal);
    } finally {
      cancel.hidden = true;
      size.disabled = false;
      run.hidden = false;
      run.focus();
    }
  });
  run.disabled = false;
}

async function verify(device: GPUDevice, size: Size, signal: AbortSignal): Promise<void> {
  const steps = planSuite(size, subgroupsOf(device));
  const tallies = new Map<TestOp, Tally>();
  const total = newTally();
  for (const { op, cases } of steps) {
    const tally = tallies.get(op) ?? newTally();
    tallies.set(op, tally);
    for (const t of [tally, total]) t.planned += cases.length;
  }
  const reports: string[] = [];
  let now: TestOp | undefined;
  const started = performance.now();
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(0)} s`;

  byId('progress', HTMLDivElement).hidden = false;
  byId('bar', HTMLProgressElement).max = total.planned;
  setState('running');
  showVerdict('');
  showFailures(reports);
  const tell = (report: string) => {
    if (reports.length >= SHOWN_REPORTS) return;
    reports.push(report);
    showFailures(reports);
  };
  const showProgress = () => {
    byId('bar', HTMLProgressElement).value = total.done;
    byId('count', HTMLSpanElement).textContent =
      `${formatCount(total.done)} of ${formatCount(total.planned)} cases, ${seconds()}`;
    showTable(tallies, now);
  };
  try {
    await runSuite(new Bench(keptTuning()), steps, signal, {
      onStep(step: Step) {
        now = step.op;
        byId('step', HTMLSpanElement).textContent = step.name;
        showProgress();
      },
      onResults({ op }: Step, results: readonly CaseResult[]) {
        for (const result of results) {
          add(tallies.get(op)!, result);
          add(total, result);
          if (!result.ok) tell(result.report);
        }
        showProgress();
      },
    });
    showOutcome(total, seconds());
  } catch (error) {
    setState('bad');
    showVerdict(`✗ The run broke off: ${(error as Error).message}`);
  }
  showTable(tallies);
  byId('progress', HTMLDivElement).hidden = true;
}

function add(tally: Tally, { ok, count, maxUlp, maxShare }: CaseResult): void {
  tally.done++;
  tally.failed += Number(!ok);
  tally.elements += count;
  tally.maxUlp = Math.max(tally.maxUlp, maxUlp);
  tally.maxShare = Math.max(tally.maxShare, maxShare);
}

function showOutcome({ planned, done, failed, elements }: Tally, time: string): void {
  const size = `${formatCount(elements)} elements compared in ${time}`;
  if (failed > 0) {
    setState('bad');
    showVerdict(`✗ ${formatCount(failed)} of ${formatCount(done)} cases FAILED; ${size}.`);
  } else if (done < planned) {
    setState('cancelled');
    showVerdict(
      `Cancelled after ${formatCount(done)} of ${formatCount(planned)} cases, none of which failed; ${size}.`,
    );
  } else {
    setState('good');
    showVerdict(`✓ All ${formatCount(done)} cases within their bounds; ${size}.`);
  }
}

function setState(state: State): void {
  byId('verify', HTMLElement).dataset.state = state;
}

function showVerdict(text: string): void {
  byId('verdict', HTMLDivElement).textContent = text;
}

/** The reports of the first failures, as the test run prints them; nothing where all is well. */
function showFailures(reports: readonly string[]): void {
  const failures = byId('failures', HTMLDivElement);
  failures.hidden = reports.length === 0;
  failures.replaceChildren(
    create('h3', {}, 'What failed first'),
    ...reports.map((report) => create('pre', {}, report)),
  );
}

/** A row for every operation; those not in the map have yet to run. */
function showTable(tallies: ReadonlyMap<TestOp, Tally>, now?: TestOp): void {
  const body = byId('operations', HTMLTableElement).tBodies[0]!;
  body.replaceChildren(
    ...testOps.map((op) => {
      const tally = tallies.get(op) ?? newTally();
      const [kind, status] = statusOf(tally, op === now);
      const cell = (text: string) => create('td', { class: 'number' }, tally.done > 0 ? text : '–');
      return create(
        'tr',
        { class: kind },
        create('th', { scope: 'row' }, op),
        create('td', { class: 'status' }, status),
        cell(formatCount(tally.done)),
        cell(formatCount(tally.elements)),
        cell(formatUlp(tally.maxUlp)),
        cell(formatShare(tally.maxShare)),
      );
    }),
  );
}

function statusOf(
  { planned, done, failed }: Tally,
  running: boolean,
): [kind: string, text: string] {
  if (failed > 0) return ['bad', `✗ ${formatCount(failed)} failed`];
  if (done > 0 && done === planned) return ['good', '✓ within bounds'];
  if (running) return ['running', 'running …'];
  return [
    'waiting',
    done > 0 ? `stopped at ${formatCount(done)} of ${formatCount(planned)}` : 'not run',
  ];
}
