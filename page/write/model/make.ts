/**
 * `node page/write/model/make.mjs`, on Debian: makes `en-us.trigrams` from the model of the package
 * `pocketsphinx-en-us`, and the cases of `test/page/language-model.test.ts`, which say how the two differ.
 * Arguments, if any: the least relative entropy, in nats, that an n-gram must be good for; and the
 * source, if it is here already.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { decode, encode } from './file';
import type { NGrams } from './n-grams';
import { prune } from './prune';
import { writeRow } from './rows';
import { readSource } from './source';

const PACKAGE = 'pocketsphinx-en-us';
const PATH = 'usr/share/pocketsphinx/model/en-us/en-us.lm.bin';
const THRESHOLD = '4e-8';
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Words before the rows that are compared, from frequent to rare. */
const CONTEXTS = [
  ...['one of', 'of the', 'united states', 'i am', 'in the', 'as well', 'new york', 'he was'],
  ...['it is', 'at least', 'prime minister', 'will be', 'more than', 'according to', 'to be'],
  ...['<s> the', 'the aardvark', 'small zebra'],
];
/** Places, from the likeliest word on, of the words that are compared in each row. */
const PLACES = [0, 1, 2, 3, 5, 8, 20, 50, 200, 1000, 5000, 20_000];

export function main([threshold = THRESHOLD, file]: readonly string[]): void {
  const source = readSource(file === undefined ? downloaded() : readFileSync(file));
  const bytes = encode(prune(source, Number(threshold)));
  const packed = gzipSync(bytes, { level: 9 });
  writeFileSync(at('en-us.trigrams'), packed);
  const made = decode(bytes);
  for (const [name, { words, bigrams, trigrams }] of Object.entries({ source, made })) {
    const counts = [words, bigrams.words, trigrams.words].map(({ length }) => length);
    console.log(`${name}: ${counts.join(', ')} words, bigrams, trigrams`);
  }
  console.log(`en-us.trigrams: ${packed.length} bytes`);
  const cases = CONTEXTS.map((before) => compared(before, source, made));
  const mean = cases.reduce((sum, { divergence }) => sum + divergence, 0) / cases.length;
  console.log(`mean divergence of ${cases.length} rows: ${mean.toFixed(4)} nats`);
  const lines = cases.map((one) => `  ${JSON.stringify(one)}`);
  writeFileSync(at('../../../test/page/language-model.json'), `[\n${lines.join(',\n')}\n]\n`);
}

/** The source model from Debian's package. */
function downloaded(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'language-model-'));
  try {
    execFileSync('apt-get', ['-qq', 'download', PACKAGE], { cwd: folder, stdio: 'inherit' });
    const [archive] = readdirSync(folder);
    execFileSync('dpkg-deb', ['-x', archive!, 'root'], { cwd: folder });
    return readFileSync(join(folder, 'root', PATH));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A row of the source: some of its words, and its Kullback–Leibler divergence from that of another model. */
function compared(before: string, source: NGrams, other: NGrams) {
  const [first, second] = before.split(' ').map((word) => source.words.indexOf(word));
  const [p, q] = [source, other].map((model) => {
    const row = new Float32Array(model.words.length);
    writeRow(model, [first, second], row);
    return row;
  }) as [Float32Array, Float32Array];
  const ordered = [...p.keys()].sort((a, b) => p[b]! - p[a]!);
  const words = PLACES.map((place) => {
    const word = ordered[place]!;
    return [source.words[word]!, Number(p[word]!.toFixed(4))] as const;
  });
  const divergence = p.reduce((sum, log, k) => sum + Math.exp(log) * (log - q[k]!), 0);
  return { before, divergence: Number(divergence.toFixed(4)), words: Object.fromEntries(words) };
}
