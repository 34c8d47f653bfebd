import { abortion, checkSignal, throwIfAborted } from '../gpu/abort';
import { checkOptions } from '../util/checks';
import { describe, wrongKind } from '../util/words';
import type { Engine } from './engine';
import {
  type HostResult,
  type RowBlock,
  StreamBlocks,
  type StreamFunction,
  type StreamOptions,
  type StreamResult,
} from './stream-blocks';

/** Where rows come from: anything iterable, synchronous or not, or a `ReadableStream`. */
export type RowSource = AsyncIterable<RowBlock> | Iterable<RowBlock> | ReadableStream<RowBlock>;

/**
 * Runs a function over rows that come from the host block by block, and gives the results in
 * their order, each as a typed array, or several by name. Upload, compute and read-back of `depth`
 * blocks overlap, in buffers that are used again; the source is asked for more only as results are
 * taken. So any number of rows runs in constant memory. Blocks of one size cost least.
 *
 * ```ts
 * function* readBlocks() {
 *   yield Float32Array.of(1, 2, 3); // whole rows, as many as there are
 *   yield Float32Array.of(0, 0, 0, 3, 2, 1);
 * }
 * const most: number[] = [];
 * for await (const p of stream(engine, readBlocks(), (x) => softmax(x), { classes: 3 })) {
 *   most.push(Math.max(...p));
 * }
 * console.log(most); // 0.6652, 0.6652
 * ```
 *
 * The function is given the number of the block's first row, which `sample` takes as `rowOffset`, and
 * what it returned before, to be written again: `(x, _, out) => softmax(x, { out })`.
 *
 * @throws while iterating: what the source throws, after the results of the blocks before; what the
 * function throws; the signal's reason; TypeError or RangeError for a block that is not whole rows. In
 * every case, and when the loop is left early, nothing stays allocated and the source is closed.
 */
export function stream<R extends StreamResult>(
  engine: Engine,
  source: RowSource,
  operation: StreamFunction<R>,
  options: StreamOptions,
): AsyncGenerator<HostResult<R>, void, undefined> {
  checkOptions('stream', 'options', options);
  checkSignal('stream', options.signal);
  if (typeof operation !== 'function') {
    const may = 'a function of a block of rows';
    wrongKind('stream', 'operation', may, describe(operation));
  }
  const blocks = new StreamBlocks(
    engine,
    operation as unknown as StreamFunction<StreamResult>,
    options,
  );
  return flow(blocks, iteratorOf(source), options) as AsyncGenerator<HostResult<R>>;
}

async function* flow(
  blocks: StreamBlocks,
  rows: Rows,
  { depth = 3, signal }: StreamOptions,
): AsyncGenerator<HostResult<StreamResult>, void, undefined> {
  const aborted = abortion(signal);
  const pending: Promise<HostResult<StreamResult>>[] = [];
  let coming: Promise<IteratorResult<RowBlock>> | undefined;
  let ended = false;
  let broken: { error: unknown } | undefined;
  try {
    for (;;) {
      throwIfAborted(signal);
      if (!ended && pending.length < depth) {
        coming ??= Promise.resolve(rows.next());
        // A result that is ready does not wait for a block that is not.
        const first = await Promise.race([
          coming.then(
            (next) => ({ next }),
            (error: unknown) => ({ error }),
          ),
          ...pending.slice(0, 1).map((result) => result.then(() => 'ready' as const)),
          aborted.promise,
        ]);
        if (first !== 'ready') {
          coming = undefined;
          if ('error' in first) {
            // The results of the blocks before come first.
            broken = first;
            ended = true;
          } else if (first.next.done) ended = true;
          else {
            const result = blocks.run(first.next.value);
            // Reported when its turn comes.
            result.catch(() => {});
            pending.push(result);
          }
          continue;
        }
      }
      const next = pending.shift();
      if (!next) break;
      yield await Promise.race([next, aborted.promise]);
    }
    if (broken) throw broken.error;
  } finally {
    aborted.release();
    blocks.destroy();
    if (coming) {
      // A source that is itself waiting may never answer, so its return is not awaited.
      coming.catch(() => {});
      Promise.resolve(rows.return?.()).catch(() => {});
    } else if (!ended) await rows.return?.();
  }
}

interface Rows {
  next(): Promise<IteratorResult<RowBlock>> | IteratorResult<RowBlock>;
  return?(): unknown;
}

function iteratorOf(source: RowSource): Rows {
  const given = source as Partial<AsyncIterable<RowBlock> & Iterable<RowBlock>> | undefined;
  if (given?.[Symbol.asyncIterator]) return given[Symbol.asyncIterator]!();
  if (given?.[Symbol.iterator]) return given[Symbol.iterator]!();
  // Not every browser iterates over streams.
  if (typeof (source as ReadableStream | undefined)?.getReader === 'function') {
    const reader = (source as ReadableStream<RowBlock>).getReader();
    return {
      next: () => reader.read() as Promise<IteratorResult<RowBlock>>,
      return: () => reader.cancel(),
    };
  }
  const may = 'an iterable, an async iterable or a ReadableStream';
  wrongKind('stream', 'source', may, describe(source));
}
