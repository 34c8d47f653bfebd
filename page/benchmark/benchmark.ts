/** The benchmark: choose, run, look, take away. */
import type { Results } from '../../bench/results';
import { adapterClassOf } from '../../src/gpu/device';
import { deviceName, reportAdapter } from '../adapter';
import { create } from '../dom';
import { keptTuning } from '../glance/tune';
import { changeQuery, detailOfHash, onHash, setHash } from '../location';
import { ResultsView } from '../results/results';
import { isOff } from '../results/verdict';
import { formatDuration } from '../results/words';
import { readResults, toCsv, toJson, toMarkdown } from './exchange';
import { SettingsForm } from './form';
import { runSteps } from './runner';
import { readSettings, type Settings, writeSettings } from './settings';
import { packResults, unpackResults } from './share';
import { estimate, type Step, stepsOf } from './steps';

/** The section's data-state, which its colours follow. */
type State = 'idle' | 'running' | 'good' | 'bad' | 'cancelled';

/** @param device undefined where there is no GPU: results of others can be looked at all the same. */
export function mountBenchmark(root: HTMLElement, device: GPUDevice | undefined): void {
  const run = create('button', { type: 'button', id: 'bench-run', class: 'primary' }, 'Run');
  const cancel = create('button', { type: 'button', id: 'bench-cancel' }, 'Cancel');
  const progress = new ProgressPanel();
  const status = create('p', { id: 'bench-status', role: 'status' });
  const form = new SettingsForm(changed);
  const choices = create(
    'details',
    { id: 'bench-choices' },
    create('summary', {}, 'Choose operations, shapes, types, other libraries'),
    form.element,
  );
  const place = create('div', { id: 'bench-results' });
  const view = new ResultsView(place);

  /** Of this device, and of another one to be laid over it. */
  let own: Results | undefined;
  let other: Results | undefined;
  let stop = new AbortController();

  const takeAway = create('div', {
    class: 'toolbar take-away',
    role: 'group',
    'aria-label': 'Take it away',
  });
  const needResults = [
    button('Download JSON', () => download('json', 'application/json', toJson)),
    button('Download CSV', () => download('csv', 'text/csv', toCsv)),
    button('Copy as Markdown', () => copy('the table as Markdown', toMarkdown(mine()))),
    button('Copy a link', share),
  ];
  const file = create('input', {
    type: 'file',
    id: 'bench-import',
    accept: '.json,application/json',
  });
  const forget = button('Remove the import', () => {
    other = undefined;
    setHash('benchmark');
    show();
  });
  takeAway.append(
    ...needResults,
    create(
      'span',
      { class: 'file' },
      create('label', { for: 'bench-import' }, 'Lay another device over it: '),
      file,
    ),
    forget,
  );

  root.append(
    create('h2', { id: 'benchmark-heading' }, 'Benchmark'),
    create(
      'div',
      { class: 'card run' },
      create('div', { class: 'toolbar' }, run, cancel, progress.bar),
      progress.element,
      choices,
    ),
    takeAway,
    status,
    place,
  );

  function setState(state: State): void {
    root.dataset.state = state;
    run.hidden = state === 'running';
    cancel.hidden = state !== 'running';
    form.disabled = state === 'running';
    document.body.classList.toggle('wrong', state === 'bad');
  }

  /** What is taken away: this device's results, or where there are none the other's. */
  const mine = (): Results => (own ?? other)!;

  function show(): void {
    const all = [own, other].filter((results) => results !== undefined);
    view.show(all);
    for (const each of needResults) each.disabled = all.length === 0;
    forget.hidden = other === undefined;
  }

  /** The form changed: the address says so, and the plan. */
  function changed(): void {
    const { settings } = form.read();
    changeQuery((query) => writeSettings(settings, query));
    showPlan(settings);
  }

  function showPlan(settings: Settings): void {
    const steps = stepsOf(settings);
    run.disabled = steps.length === 0 || !device;
    if (!device) progress.idle = 'There is no GPU to run on; results of others can be looked at.';
    else if (steps.length === 0)
      progress.idle = 'Choose an operation, a type and a shape that fit each other.';
    else {
      const seconds = steps.reduce(
        (sum, step) => sum + estimate(step, settings, adapterClassOf(device.adapterInfo)),
        0,
      );
      const words = [settings.ops.join(', '), settings.dtypes.join(' and '), ...settings.peers];
      const time = `${steps.length} steps, about ${formatDuration(seconds)}`;
      progress.idle = `${time}: ${words.join(' · ')}`;
    }
  }

  async function runAll(gpu: GPUDevice): Promise<void> {
    const { settings } = form.read();
    const steps = stepsOf(settings);
    stop = new AbortController();
    own = undefined;
    status.textContent = '';
    show();
    setState('running');
    cancel.focus();
    const seconds = steps.map((step) => estimate(step, settings, adapterClassOf(gpu.adapterInfo)));
    progress.begin(steps, seconds);
    const about = { adapter: reportAdapter(gpu), tuning: keptTuning() };
    try {
      own = await runSteps(steps, settings, about, stop.signal, {
        onStep: (_, i) => progress.step(i),
        onProgress: (what, done, total) => progress.within(what, done, total),
        onResults(results) {
          own = results;
          show();
          if (isOff(results)) document.body.classList.add('wrong');
        },
      });
      const off = isOff(own);
      setState(off ? 'bad' : own.cancelled ? 'cancelled' : 'good');
      status.textContent = own.cancelled
        ? 'Cancelled; what was done is kept.'
        : off
          ? 'Done, with wrong results or failures.'
          : 'Done.';
    } catch (error) {
      setState('bad');
      status.textContent = `✗ The run broke off: ${(error as Error).message}`;
    } finally {
      progress.end();
      show();
      run.focus();
    }
  }

  function button(text: string, act: () => void | Promise<void>): HTMLButtonElement {
    const made = create('button', { type: 'button' }, text);
    made.addEventListener('click', () => act());
    return made;
  }

  function download(extension: string, type: string, write: (results: Results) => string): void {
    const results = mine();
    const name = deviceName(results.adapter)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-');
    const url = URL.createObjectURL(new Blob([write(results)], { type }));
    const link = create('a', { href: url, download: `softmax-${name}.${extension}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    status.textContent = `Downloaded ${link.download}.`;
  }

  /** Where the clipboard is refused, the text is shown to be copied by hand. */
  async function copy(what: string, text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      status.replaceChildren(`Copied ${what}.`);
    } catch {
      const area = create('textarea', { readonly: '', rows: '4', 'aria-label': what });
      area.value = text;
      status.replaceChildren(`The browser keeps the clipboard to itself; here is ${what}:`, area);
      area.select();
    }
  }

  async function share(): Promise<void> {
    const link = new URL(location.href);
    link.hash = `benchmark/${await packResults(mine())}`;
    await copy('the link', link.href);
  }

  /** Lays results over those of this device, or says why not. */
  async function overlay(read: () => Promise<Results>): Promise<void> {
    try {
      other = await read();
      status.textContent = `Read: ${deviceName(other.adapter)}, ${other.date.slice(0, 10)}.`;
    } catch (error) {
      status.textContent = `✗ ${(error as Error).message}`;
    }
    show();
  }

  /** A link with results in it. */
  async function readHash(): Promise<void> {
    const packed = detailOfHash('benchmark');
    if (packed) await overlay(() => unpackResults(packed));
  }

  run.addEventListener('click', () => device && void runAll(device));
  cancel.addEventListener('click', () => stop.abort());
  file.addEventListener('change', async () => {
    const [chosen] = file.files ?? [];
    if (chosen) await overlay(async () => readResults(await chosen.text(), chosen.name));
    file.value = '';
  });
  onHash(() => void readHash());

  const { settings, problems } = readSettings(new URLSearchParams(location.search));
  form.write(settings);
  showPlan(settings);
  setState('idle');
  if (problems.length > 0) status.textContent = `Left out of the link: ${problems.join('; ')}.`;
  show();
  void readHash();
}

/** How far the run is, in a place that is always there: nothing below it moves. */
class ProgressPanel {
  readonly bar = create('progress', {
    'aria-label': 'Share of the run that is done',
    value: '0',
    max: '1',
  });
  private readonly name = create('span', {
    class: 'step',
    id: 'bench-plan',
    'aria-live': 'polite',
  });
  private readonly left = create('span', { class: 'left' });
  readonly element = create(
    'p',
    { class: 'run-progress', id: 'bench-progress' },
    this.name,
    this.left,
  );
  private plan = '';
  private steps: readonly Step[] = [];
  private seconds: readonly number[] = [];
  private at = 0;
  private share = 0;
  private started = 0;

  /** What is said while nothing runs. */
  set idle(plan: string) {
    this.plan = plan;
    this.name.textContent = plan;
  }

  /** @param seconds what each step is thought to take, compared with the others. */
  begin(steps: readonly Step[], seconds: readonly number[]): void {
    [this.steps, this.seconds, this.started] = [steps, seconds, performance.now()];
    this.step(0);
  }

  step(at: number): void {
    [this.at, this.share] = [at, 0];
    this.name.textContent = `${at + 1} of ${this.steps.length}: ${this.steps[at]!.name}`;
    this.update('');
  }

  /** Checking comes before timing, and each of them counts for itself. */
  within(what: string, done: number, total: number): void {
    const share = total > 0 ? done / total : 0;
    const timing = /^timing|^warming|^softmax$/.test(what);
    this.share = Math.max(this.share, timing ? 0.4 + 0.6 * share : 0.4 * share);
    this.update(what);
  }

  end(): void {
    this.name.textContent = this.plan;
    this.left.textContent = '';
    this.bar.value = 0;
  }

  private update(what: string): void {
    const { seconds, at, share } = this;
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    const done = sum(seconds.slice(0, at)) + share * seconds[at]!;
    const all = sum(seconds);
    this.bar.value = done / all;
    const elapsed = (performance.now() - this.started) / 1000;
    // What was thought, until enough is known of how this machine compares.
    const known = Math.min(1, (4 * done) / all);
    const pace = done > 0 ? known * (elapsed / done) + (1 - known) : 1;
    this.left.textContent = [what, `about ${formatDuration((all - done) * pace)} left`]
      .filter(Boolean)
      .join(' · ');
  }
}
