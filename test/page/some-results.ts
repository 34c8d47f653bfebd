/** Results as a run might find them, for tests that need none of their own. */
import { FORMAT, type Results } from '../../bench/results';

const check = { checked: 9, rows: 64, failures: 0, maxUlp: 2.5, maxShare: 0.25 };
const timed = (milliseconds: number) => {
  return { milliseconds, samples: [0.9, 1, 1.1].map((n) => n * milliseconds), calls: 3 };
};
/** Of all of them. */
export const shape = { dims: [64, 1000], axis: 1 };
/** A run that found something of every kind. */
export const results: Results = {
  format: FORMAT,
  date: '2026-01-02T03:04:05.678Z',
  version: '1.2.3',
  commit: 'abcdef0123',
  adapter: {
    ...{ browser: 'Chrome 1, Linux', vendor: 'a', architecture: 'b', device: '', fallback: false },
    ...{ description: 'A "GPU", fast', subgroupMinSize: 32, subgroupMaxSize: 32, features: [] },
  },
  seconds: 12.5,
  cancelled: false,
  ocr: null,
  table: [
    {
      shape,
      dtype: 'f32',
      timer: 'timestamp-query',
      floors: [
        {
          ...{ traffic: '1 read, 1 write', kernel: 'runs of 4', milliseconds: 0.5 },
          gigabytesPerSecond: 1.024,
          family: [{ kernel: 'runs of 4', milliseconds: 0.5 }],
        },
      ],
      copy: {
        ...{ traffic: 'copy', kernel: 'runs of 1', milliseconds: 0.4 },
        gigabytesPerSecond: 1.28,
        family: [],
      },
      ops: [
        {
          op: 'softmax',
          variants: ['softmax row invocation4 streamed vec4 x→y'],
          ...{ milliseconds: 0.8, samples: [0.7, 0.8, 0.8, 0.8, 1.2], gigabytesPerSecond: 0.64 },
          ...{ floor: '1 read, 1 write', floorRatio: 1.6, check },
        },
        { op: 'logSoftmax', error: 'said, "no"' },
      ],
    },
  ],
  growth: [],
  variants: [
    {
      shape,
      op: 'softmax',
      dtype: 'f32',
      timer: 'timestamp-query',
      regimes: [
        {
          ...{ regime: 'row-per-invocation', chosen: true, milliseconds: 1, ratio: 1 },
          cut: null,
          check,
        },
        { regime: 'row-per-workgroup', chosen: false, milliseconds: 9, ratio: 9, cut: 'probe' },
      ],
    },
  ],
  peers: [
    {
      shape,
      op: 'softmax',
      ours: { status: 'timed', check, ...timed(1) },
      peers: [
        { library: 'jax-js', outcome: { status: 'timed', check, ...timed(3) } },
        { library: 'tensorflow.js', outcome: { status: 'failed', error: 'gone' } },
      ],
      pass: null,
    },
  ],
  peerVersions: { 'jax-js': '0.1.2' },
  train: null,
  sample: [],
  failures: ['logSoftmax of 64 × 1000: said, "no"'],
};
