/**
 * The two engines side by side: `npm run docs:engines` asks both the same questions, and writes what
 * they answer to docs/engines.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type AdapterReport, describeAdapter } from '../../bench/adapter';
import { type Engine, launchBrowser } from '../browser/launch';
import { serve } from '../browser/serve';
import type * as module from './engine.page';
import type { Computed } from './engine.page';

const DOC = 'docs/engines.md';
const START = '<!-- made by npm run docs:engines -->';
const PAGE = '/test/engines/engine.page.ts';

/** What an engine answered. */
interface Answers {
  readonly adapter: AdapterReport;
  readonly limits: Record<string, number>;
  readonly arithmetic: Record<string, string>;
  readonly finite: readonly Computed[];
  readonly special: readonly Computed[];
}

/** A result of both engines. */
interface Pair {
  readonly name: string;
  readonly of: readonly [Computed, Computed];
}

/** What the engines are to each other. */
export interface Comparison {
  /** Special values that differ, and results beyond their bounds, in words. */
  readonly problems: readonly string[];
  /** Elements of special rows that were compared. */
  readonly specials: number;
  readonly markdown: string;
}

/** Asks both engines; the machine must have both. */
export async function compareEngines(): Promise<Comparison> {
  const both = [await ask('chromium'), await ask('firefox')] as const;
  return {
    problems: problemsOf(both),
    specials: both[0].special.reduce((sum, { bits }) => sum + bits.length, 0),
    markdown: sections(both).join('\n\n'),
  };
}

/** @returns 0 if no special value differs, and every result is within its bound. */
export async function main(): Promise<number> {
  const { problems, specials, markdown } = await compareEngines();
  const text = readFileSync(DOC, 'utf8');
  writeFileSync(DOC, `${text.slice(0, text.indexOf(START))}${START}\n\n${markdown}\n`);
  for (const problem of problems) console.error(problem);
  console.log(`${DOC}: ${specials} special values compared, ${problems.length} problems`);
  return problems.length;
}

async function ask(engine: Engine): Promise<Answers> {
  console.log(`asking ${engine}`);
  const server = await serve();
  const { browser, close } = await launchBrowser({ engine });
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}/test/browser/blank.html`);
    const call = <N extends 'limits' | 'arithmetic' | 'finite' | 'special'>(name: N) =>
      page.evaluate(`import('${PAGE}').then((m) => m.${name}())`) as ReturnType<(typeof module)[N]>;
    return {
      adapter: await describeAdapter(page),
      limits: await call('limits'),
      arithmetic: await call('arithmetic'),
      finite: await call('finite'),
      special: await call('special'),
    };
  } finally {
    await close();
    await server.close();
  }
}

const pairsOf = ([a, b]: readonly [readonly Computed[], readonly Computed[]]): Pair[] =>
  a.map((one, i) => ({ name: one.name, of: [one, b[i]!] }));

const finitePairs = ([a, b]: readonly [Answers, Answers]) => pairsOf([a.finite, b.finite]);
const specialPairs = ([a, b]: readonly [Answers, Answers]) => pairsOf([a.special, b.special]);

/** A number by its bits: of another kind are NaN, the infinities, what is 0 or may flush to it, the rest. */
function kindOf(word: number): string {
  const exponent = (word >>> 23) & 0xff;
  if (exponent === 0) return '0';
  const sign = word >>> 31 ? '−' : '+';
  if (exponent < 0xff) return `${sign}finite`;
  return word & 0x7fffff ? 'NaN' : `${sign}∞`;
}

const isIndex = (name: string) => /argmax|indices|sample/.test(name);

/** How many elements are of different kinds in the two engines; an index is of its own kind. */
const kindsApart = ({ name, of: [a, b] }: Pair) => {
  const kind = isIndex(name) ? String : kindOf;
  return a.bits.filter((word, i) => kind(word) !== kind(b.bits[i]!)).length;
};

function problemsOf(both: readonly [Answers, Answers]): string[] {
  const beyond = both.flatMap(({ adapter, finite, special }) =>
    [...finite, ...special]
      .filter(({ maxShare }) => !(maxShare <= 1))
      .map(({ name, maxShare }) => `${adapter.browser}: ${name} is ${maxShare} × its bound`),
  );
  const apart = specialPairs(both)
    .filter((pair) => kindsApart(pair) > 0)
    .map((pair) => `${pair.name}: ${kindsApart(pair)} special values differ`);
  return [...beyond, ...apart];
}

type Row = readonly (string | number)[];
const table = (head: readonly string[], rows: readonly Row[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

function sections(both: readonly [Answers, Answers]): string[] {
  const [a, b] = both;
  const names = both.map(({ adapter }) => titleOf(adapter.browser));
  const features = both.map(({ adapter }) => adapter.features);
  const only = (i: 0 | 1) =>
    features[i]!.filter((name) => !features[1 - i]!.includes(name)).join(', ') || 'none';
  const nameOf = ({ vendor, architecture, device, description, fallback }: AdapterReport) =>
    `${[vendor, architecture, device, description].filter(Boolean).join(', ') || 'withheld'}${fallback ? ' (software)' : ''}`;
  const has = (name: string) => features.map((all) => (all.includes(name) ? 'yes' : 'no'));
  const different = Object.keys({ ...a.limits, ...b.limits })
    .filter((name) => !/Texture|Sampler|Vertex|Fragment|InterStage/.test(name))
    .filter((name) => a.limits[name] !== b.limits[name])
    .sort();
  const specials = new Map<string, { compared: number; apart: number }>();
  for (const pair of specialPairs(both)) {
    const sum = specials.get(pair.name) ?? { compared: 0, apart: 0 };
    sum.compared += pair.of[0].bits.length;
    sum.apart += kindsApart(pair);
    specials.set(pair.name, sum);
  }
  return [
    '## Adapters',
    table(
      ['', ...names],
      [
        ['adapter', nameOf(a.adapter), nameOf(b.adapter)],
        ['subgroups', ...has('subgroups')],
        [
          'sizes of subgroups',
          ...both.map(({ adapter: s }) => `${s.subgroupMinSize} … ${s.subgroupMaxSize}`),
        ],
        ['`shader-f16`', ...has('shader-f16')],
        ['`timestamp-query`', ...has('timestamp-query')],
        ['features that the other has not', only(0), only(1)],
        ...different.map((name) => [`\`${name}\``, a.limits[name] ?? '–', b.limits[name] ?? '–']),
      ],
    ),
    'The other limits of buffers and of compute shaders are the same.',
    '## Arithmetic',
    table(
      ['', ...names],
      Object.keys(a.arithmetic).map((name) => [name, a.arithmetic[name]!, b.arithmetic[name]!]),
    ),
    '## Results',
    'ULPs say little where terms of both signs are added: the share of the bound is the measure there. Those of f16 are left out, and those of indices, of which a share that is not 0 is a draw that fell to the neighbour. By `shader-f16` means that a device which has the feature takes halves as the type; the other one has them packed.',
    table(
      ['result', 'largest error in ULP', 'as a share of its bound', 'equal to the bit'],
      finitePairs(both).map(({ name, of }) => [
        name,
        isIndex(name) || name.includes('f16')
          ? ''
          : of.map(({ maxUlp }) => ulps(maxUlp)).join(' / '),
        of.map(({ maxShare }) => maxShare.toFixed(2)).join(' / '),
        share(of[0].bits.filter((word, i) => word === of[1].bits[i]).length, of[0].bits.length),
      ]),
    ),
    '## Special values',
    table(
      ['result', 'elements', 'of another kind in the other engine'],
      [...specials].map(([name, { compared, apart }]) => [name, compared, apart]),
    ),
  ];
}

/** `firefox/153.7.0` as Firefox 153. */
const titleOf = (browser: string) =>
  browser.replace(/^./, (c) => c.toUpperCase()).replace(/\/(\d+).*/, ' $1');

const ulps = (value: number) =>
  value < 1e4 ? value.toFixed(1) : value.toExponential(1).replace('e+', 'e');

const share = (part: number, of: number) =>
  part === of ? 'all' : part === 0 ? 'none' : `${((100 * part) / of).toFixed(1)} %`;
