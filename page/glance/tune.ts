/** The control that tunes the page's engine to the device, and keeps the tuning in this browser. */
import type { Engine, TunedTier, TuneOptions, Tuning } from '../../src/index';
import { byId, create } from '../dom';
import { type GetEngine, importLibrary } from '../engine';
import { formatCount } from '../numbers';

const KEY = 'webgpu-softmax tuning';

/** The tuning that this browser keeps, whatever it is of. */
export const keptTuning = (): string | null => localStorage.getItem(KEY);

/** With `?tune=quick` in the address. */
const quickShapes = [{ shape: [16, 6000] }, { shape: [64, 1000] }];

/** Uses the tuning kept from an earlier visit, and wires the buttons. */
export function startTune(getEngine: GetEngine): void {
  const run = byId('tune-run', HTMLButtonElement);
  const cancel = byId('tune-cancel', HTMLButtonElement);
  const forget = byId('tune-forget', HTMLButtonElement);
  const bar = byId('tune-bar', HTMLProgressElement);
  let stop = new AbortController();

  cancel.addEventListener('click', () => stop.abort());
  run.addEventListener('click', async () => {
    stop = new AbortController();
    setRunning(true);
    try {
      showState('running', 'Timing …');
      const [{ tune }, engine] = await Promise.all([importLibrary(), getEngine()]);
      await tune(engine, optionsOf(stop.signal));
      localStorage.setItem(KEY, JSON.stringify(engine.tuning));
      showTuning(engine.tuning, 'just now');
    } catch (error) {
      if (stop.signal.aborted) showState('cancelled', 'Cancelled; nothing has changed.');
      else showState('bad', `✗ ${(error as Error).message}`);
    } finally {
      setRunning(false);
    }
  });
  forget.addEventListener('click', () => {
    localStorage.removeItem(KEY);
    showTuning(undefined);
    run.focus();
    // An engine that could not be had has no tuning.
    void withTuning(undefined).catch(() => {});
  });

  function optionsOf(signal: AbortSignal): TuneOptions {
    bar.value = 0;
    const onProgress = (done: number, total: number) => {
      bar.max = total;
      bar.value = done;
    };
    const quick = new URLSearchParams(location.search).get('tune') === 'quick';
    return { signal, onProgress, ...(quick && { shapes: quickShapes }) };
  }

  function setRunning(running: boolean): void {
    run.hidden = running;
    cancel.hidden = bar.hidden = !running;
    forget.hidden = running || localStorage.getItem(KEY) === null;
    (running ? cancel : run).focus();
  }

  const kept = localStorage.getItem(KEY);
  if (kept === null) showTuning(undefined);
  else void useKept(kept);

  /** The engine, once it follows a tuning. */
  async function withTuning(tuning: Tuning | undefined): Promise<Engine> {
    const [{ setTuning }, engine] = await Promise.all([importLibrary(), getEngine()]);
    setTuning(engine, tuning);
    return engine;
  }

  /** Before anything else asks for the engine: all of the page is to have it. */
  async function useKept(text: string): Promise<void> {
    try {
      const engine = await withTuning(JSON.parse(text));
      showTuning(engine.tuning, 'on an earlier visit');
    } catch (error) {
      showState('bad', `✗ The tuning kept here is not used: ${(error as Error).message}`);
      forget.hidden = false;
    }
  }
}

/** What is in use; `when` it was found. */
function showTuning(tuning: Tuning | undefined, when = ''): void {
  const tiers = tuning?.tiers ?? [];
  const better = tiers.filter(({ gain }) => gain > 1);
  byId('tune-forget', HTMLButtonElement).hidden = tuning === undefined;
  showState(
    tuning ? 'tuned' : 'idle',
    tuning
      ? `✓ Tuned ${when}: of ${formatCount(tiers.length)} ranges of row lengths, ` +
          `${formatCount(better.length)} want another way than the library's own choice.`
      : "Not tuned: the library's own choice is in use.",
  );
  const table = byId('tiers', HTMLTableElement);
  table.hidden = better.length === 0;
  table.tBodies[0]!.replaceChildren(...better.map(rowOf));
}

const rowOf = ({ rows, maxLength, regime, chunk, gain }: TunedTier) =>
  create(
    'tr',
    {},
    create(
      'th',
      { scope: 'row' },
      `${formatCount(maxLength / 2 + 1)} to ${formatCount(maxLength)}`,
    ),
    create('td', {}, rows === 'contiguous' ? 'side by side' : 'apart'),
    create(
      'td',
      {},
      regime.startsWith('split') ? `${regime}, ${formatCount(chunk)} at a time` : regime,
    ),
    create('td', { class: 'number' }, gain.toFixed(2)),
  );

/** 'bad' colours the message. */
function showState(state: 'idle' | 'running' | 'tuned' | 'cancelled' | 'bad', text: string): void {
  byId('tune', HTMLDivElement).dataset.state = state;
  byId('tune-state', HTMLParagraphElement).textContent = text;
}
