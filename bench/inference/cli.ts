/**
 * `npm run bench:inference`: what large-batch inference costs. `select`: top-k, argmax and draws of
 * 64 × 50 257 logits beside softmax and beside TensorFlow.js' topk, interleaved. `stream`: 4 GiB of
 * logits through softmax in constant memory, beside the same work on resident rows and bare copies.
 */
import { formatAdapter } from '../adapter';
import { UsageError } from '../arguments';
import { median } from '../measure';
import { Progress } from '../progress';
import { openBrowser } from '../session';
import type * as ours from './ours';
import type { streamed } from './stream';
import type * as tensorflow from './tensorflow';

const ROUNDS = 5;
/** Milliseconds that a sample should last at least. */
const SAMPLE_MS = 300;
/** Who takes longer a call is sampled once. */
const SLOW_MS = 2000;
const SHAPE = { rows: 64, classes: 50_257, k: 50 };

/** Runs what is asked for and sets the exit status: 0 if every result was right, 2 for bad arguments. */
export async function main(argv: readonly string[]): Promise<void> {
  const [part = 'all', ...rest] = argv;
  if (rest.length > 0 || !['all', 'select', 'stream'].includes(part)) {
    console.error(
      new UsageError(`part: expected all, select or stream, got '${argv.join(' ')}'`).message,
    );
    process.exitCode = 2;
    return;
  }
  const browser = await openBrowser({ headless: true });
  try {
    const page = await browser.openPage();
    console.log(`${formatAdapter(await page.adapter())}\n`);
    await page.close();
    const parts = [
      ...(part === 'stream' ? [] : [benchSelect]),
      ...(part === 'select' ? [] : [benchStream]),
    ];
    for (const run of parts) if (!(await run(browser))) process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

type Browser = Awaited<ReturnType<typeof openBrowser>>;

const CANDIDATES = [
  'softmax',
  'topK',
  'topK, probabilities',
  'argmax',
  'sample',
  'sample, penalties',
  'logProbabilities',
] as const;

async function benchSelect(browser: Browser): Promise<boolean> {
  const progress = new Progress(process.stderr);
  progress.begin('picks and draws', 1, 1);
  const own = await browser.openPage();
  const other = await browser.openPage();
  const { wrong } = await own.call<typeof ours.open>('/bench/inference/ours.ts', 'open', SHAPE);
  const theirs = '/bench/inference/tensorflow.ts';
  const peer = await other.call<typeof tensorflow.open>(theirs, 'open', SHAPE);
  for (const problem of [...wrong, ...peer.wrong]) console.log(`wrong: ${problem}`);
  const turns = [
    ...CANDIDATES.map((name) => ({
      name: name as string,
      sample: (calls: number) =>
        own.call<typeof ours.sample>('/bench/inference/ours.ts', 'sample', name, calls),
    })),
    {
      name: 'TensorFlow.js topk',
      sample: (calls: number) => other.call<typeof tensorflow.sample>(theirs, 'sample', calls),
    },
  ].map((turn) => ({ ...turn, calls: 1, samples: [] as number[] }));
  for (const [i, turn] of turns.entries()) {
    progress.step(`warming up ${turn.name}`, i, turns.length);
    // The first call compiles.
    let ms = await turn.sample(1);
    if (ms < SLOW_MS) ms = await turn.sample(1);
    turn.calls = Math.max(1, Math.ceil(SAMPLE_MS / Math.max(ms, 1)));
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < turns.length; i++) {
      const turn = turns[(round + i) % turns.length]!;
      if (round > 0 && turn.samples[0]! > SLOW_MS) continue;
      progress.step(`timing ${turn.name}`, round * turns.length + i, ROUNDS * turns.length);
      turn.samples.push((await turn.sample(turn.calls)) / turn.calls);
    }
  }
  progress.clear();
  const times = turns.map(({ name, samples }) => ({ name, ms: median(samples) }));
  const softmax = times[0]!.ms;
  console.log(`${SHAPE.rows} × ${SHAPE.classes}, k = ${SHAPE.k}; wall clock, medians of ${ROUNDS}`);
  for (const { name, ms } of times) {
    console.log(
      `${name.padEnd(20)} ${ms.toFixed(1).padStart(8)} ms ${(ms / softmax).toFixed(2)} × softmax`,
    );
  }
  await own.close();
  await other.close();
  return wrong.length === 0;
}

async function benchStream(browser: Browser): Promise<boolean> {
  const page = await browser.openPage();
  const task = { classes: 1000, rows: 4096, gibibytes: 4 };
  const result = await page.call<typeof streamed>('/bench/inference/stream.ts', 'streamed', task);
  const { seconds, resident, copies, heap, gpu, wrong } = result;
  const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  console.log(`
${task.gibibytes} GiB of logits, K = ${task.classes}, in blocks of ${task.rows} rows, through softmax
stream               ${seconds.toFixed(1)} s
resident rows        ${resident.toFixed(1)} s
bare copies          ${copies.toFixed(1)} s
speed                ${((100 * (resident + copies)) / seconds).toFixed(0)} % of resident rows and bare copies
JS heap, at most     ${mib(heap)}
GPU buffers, at most ${mib(gpu)}`);
  for (const problem of wrong) console.log(`wrong: ${problem}`);
  await page.close();
  return wrong.length === 0;
}
