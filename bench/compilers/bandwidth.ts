/**
 * A model of the share of a GPU's bandwidth that a call reaches, and of what limits it. It takes what the
 * machine code for RDNA2 executes for what every GPU executes, and a GPU's resources for fully overlapped:
 * the dearest alone counts. What it leaves out (dispatch overhead, DRAM pages, clocks under load) makes
 * real shares smaller. `docs/compilers.md` has the formulas.
 */
import { LINE_BYTES } from './executed';

export interface Gpu {
  readonly name: string;
  /** Of its memory, in bytes a second. */
  readonly bandwidth: number;
  /** Of all its cores' own caches, in bytes a second. */
  readonly nearCache: number;
  /** Of the cache that they share, through which every store goes. */
  readonly sharedCache: number;
  /** Lanes that begin an operation of f32, a second. */
  readonly laneOperations: number;
  /** From a load to its value, where it is in memory, in seconds. */
  readonly latency: number;
  /** What subgroups are resident on: SIMDs, or cores. */
  readonly units: number;
  /** The compiled chip whose figures of residence are taken for its own. */
  readonly chip: string;
}

export const gpus: readonly Gpu[] = [
  {
    name: 'RX 6900 XT',
    bandwidth: 512e9,
    nearCache: 80 * 64 * 2.25e9,
    // 16 slices.
    sharedCache: 16 * 64 * 2.25e9,
    laneOperations: 80 * 64 * 2.25e9,
    latency: 300e-9,
    units: 80 * 2,
    chip: 'navi21',
  },
  {
    name: 'H100',
    bandwidth: 3.35e12,
    nearCache: 132 * 128 * 1.71e9,
    sharedCache: 5.5e12,
    laneOperations: 132 * 128 * 1.71e9,
    latency: 500e-9,
    units: 132,
    chip: 'ampere',
  },
  {
    name: 'M2',
    bandwidth: 100e9,
    nearCache: 10 * 64 * 1.398e9,
    sharedCache: 10 * 32 * 1.398e9,
    laneOperations: 10 * 128 * 1.398e9,
    latency: 400e-9,
    units: 10,
    chip: 'm1',
  },
];

/** What a call's time may go to. */
export type Limit =
  | 'memory'
  | 'rereads'
  | 'loaded lines'
  | 'stored lines'
  | 'arithmetic'
  | 'latency';

export interface Share {
  readonly gpu: string;
  /** Of the bandwidth, 0 … 1: 1 where the bytes that must be moved take all the time. */
  readonly share: number;
  readonly limit: Limit;
}

/** A dispatch as the model sees it. */
export interface ModelledDispatch {
  readonly laneOperations: number;
  readonly bytes: number;
  readonly loadLines: number;
  readonly storeLines: number;
  readonly roundTrips: number;
  readonly invocations: number;
  /** On the GPU that is modelled. */
  readonly subgroup: number;
  readonly waves: number;
}

/** The share of a GPU's bandwidth that dispatches reach, one after the other, which must move so many bytes. */
export function modelShare(
  gpu: Gpu,
  dispatches: readonly ModelledDispatch[],
  ownBytes: number,
): Share {
  const sum = (of: (dispatch: ModelledDispatch) => number) =>
    dispatches.reduce((total, dispatch) => total + of(dispatch), 0);
  const memory = ownBytes / gpu.bandwidth;
  const times: readonly (readonly [limit: Limit, seconds: number])[] = [
    ['memory', memory],
    ['rereads', sum(({ bytes }) => bytes) / gpu.bandwidth],
    ['loaded lines', (sum(({ loadLines }) => loadLines) * LINE_BYTES) / gpu.nearCache],
    ['stored lines', (sum(({ storeLines }) => storeLines) * LINE_BYTES) / gpu.sharedCache],
    ['arithmetic', sum(({ laneOperations }) => laneOperations) / gpu.laneOperations],
    ['latency', sum((dispatch) => latencyOf(gpu, dispatch))],
  ];
  const slowest = times.reduce((most, time) => (time[1] > 1.02 * most[1] ? time : most));
  const seconds = Math.max(...times.map(([, time]) => time));
  return { gpu: gpu.name, share: memory / seconds, limit: slowest[0] };
}

/** Subgroups wait side by side, as many as are resident; what is over comes after them. */
function latencyOf(gpu: Gpu, { roundTrips, invocations, subgroup, waves }: ModelledDispatch) {
  const turns = Math.max(1, invocations / subgroup / (gpu.units * waves));
  return turns * roundTrips * gpu.latency;
}

const words: Record<Limit, string> = {
  memory: 'memory',
  rereads: 'elements read again',
  'loaded lines': 'lines loaded',
  'stored lines': 'lines stored in parts',
  arithmetic: 'arithmetic',
  latency: 'waits for memory',
};

export const limitInWords = (limit: Limit): string => words[limit];
