/** Results in a link: the part of the address after '#benchmark/'. */
import { hasRun, type Results } from '../../bench/results';
import { rangeOf } from '../../bench/spread';
import { readResults } from './exchange';

/** Packs results into text that an address may hold: without single samples and families of floors. */
export async function packResults(results: Results): Promise<string> {
  // More digits than are shown: a figure that is rounded twice may be shown as another.
  const text = JSON.stringify(inShort(results), (_, value) =>
    typeof value === 'number' && Number.isFinite(value) ? Number(value.toPrecision(8)) : value,
  );
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream('deflate-raw'));
  // In portions: a call takes only so many arguments.
  const characters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(characters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * The results that a link holds.
 *
 * @throws Error if it holds none, or not all of them.
 */
export async function unpackResults(packed: string): Promise<Results> {
  let text: string;
  try {
    const characters = atob(packed.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(characters, (character) => character.charCodeAt(0));
    const json = await through(bytes, new DecompressionStream('deflate-raw'));
    text = new TextDecoder().decode(json);
  } catch {
    throw new Error('The link is not whole: its results cannot be read.');
  }
  return readResults(text, 'The link');
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: GenericTransformStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const readable = new Blob([bytes]).stream().pipeThrough(stream as ReadableWritablePair);
  return new Uint8Array(await new Response(readable).arrayBuffer());
}

/** Of samples their median and range are left. */
const threeOf = (timing: { milliseconds: number; samples: readonly number[] }) => {
  const [low, high] = rangeOf(timing.samples);
  // Their 10 and 90 % points, as far apart as those of all samples.
  const middle = Math.min(Math.max(timing.milliseconds, low), high);
  return [middle - 1.25 * (middle - low), middle, middle + 1.25 * (high - middle)];
};

function inShort(results: Results): Results {
  return {
    ...results,
    ocr: null,
    growth: [],
    failures: results.failures.slice(0, 20).map((line) => line.slice(0, 200)),
    table: results.table.map((result) => ({
      ...result,
      floors: result.floors.map((floor) => ({ ...floor, family: [] })),
      ...(result.copy && { copy: { ...result.copy, family: [] } }),
      ops: result.ops.map((op) =>
        hasRun(op) ? { ...op, variants: op.variants.slice(0, 1), samples: threeOf(op) } : op,
      ),
    })),
    peers: results.peers.map((comparison) => {
      const short = <T extends object>(outcome: T): T =>
        'samples' in outcome
          ? { ...outcome, samples: threeOf(outcome as unknown as Parameters<typeof threeOf>[0]) }
          : outcome;
      return {
        ...comparison,
        ours: short(comparison.ours),
        peers: comparison.peers.map((entry) => ({ ...entry, outcome: short(entry.outcome) })),
        pass: null,
      };
    }),
  };
}
