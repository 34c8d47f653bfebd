import { expect } from 'vitest';

/** An event of Chrome's trace; times are in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** When it began, how long it lasted, and the processor's time in it. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: {
    readonly name?: string;
    readonly chrome_mojo_event_info?: { readonly watcher_notify_interface_tag?: string };
  };
}

/** What tells a page that a worker it asked for may start: Chrome creates its thread then. */
const STARTS_WORKER = 'blink.mojom.DedicatedWorkerHostFactoryClient';

/**
 * Milliseconds of the processor that the longest task of a page's main thread took, of a trace: what a
 * visitor may wait for a click to be answered. Tasks in which Chrome starts a worker's thread are its
 * own, and take 40 to 140 ms by themselves.
 *
 * @param trace of Chromium, of the category 'toplevel'.
 */
export function longestTask(trace: Uint8Array): number {
  const { traceEvents } = JSON.parse(new TextDecoder().decode(trace)) as {
    traceEvents: TraceEvent[];
  };
  const mains = traceEvents.filter(
    ({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain',
  );
  const events = traceEvents.filter(
    ({ tdur, pid, tid }) =>
      tdur !== undefined && mains.some((main) => main.pid === pid && main.tid === tid),
  );
  const starts = events.filter(
    ({ args }) => args?.chrome_mojo_event_info?.watcher_notify_interface_tag === STARTS_WORKER,
  );
  const tasks = events.filter(
    ({ pid, ts, dur = 0 }) =>
      !starts.some(
        (start) => start.pid === pid && ts < start.ts + start.dur! && start.ts < ts + dur,
      ),
  );
  expect(tasks.length).toBeGreaterThan(100);
  return Math.max(...tasks.map(({ tdur }) => tdur!)) / 1000;
}
