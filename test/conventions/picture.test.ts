/** Folders of the sources import each other one way, and the picture in docs/architecture.md shows it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The part that a path from the project's root belongs to: a folder of `src`, or one beside it. */
function partOf(path: string): string | undefined {
  const [top = '', name = ''] = path.split(sep);
  if (top !== 'src') return path.includes(sep) ? top : undefined;
  // Imports leave out the ending of a file, and the index of a folder.
  if (existsSync(join(root, top, name.replace(/\.ts$/, '')))) return name;
  return 'index';
}

/** The folders of `src` in an order in which each imports earlier ones only; `index` is its own files. */
const ORDER = [
  'util',
  'gpu',
  'wgsl',
  'map',
  'product',
  'rows',
  'select',
  'engine',
  'ops',
  'self-test',
  'tune',
  'sampler',
  'index',
  'interop',
];

/** Imports of values and of types. */
const IMPORT = /^(?:import|export) [^;]*?from '(\.[^']+)';/gms;

function importsOf(path: string): string[] {
  const from = partOf(path);
  return [...readFileSync(join(root, path), 'utf8').matchAll(IMPORT)].flatMap(([, target]) => {
    const to = partOf(relative(root, join(root, dirname(path), target!)));
    return to === undefined || to === from ? [] : [`${from} --> ${to}`];
  });
}

const edges = () =>
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => importsOf(join('src', name)));

test('folders import earlier ones only', () => {
  const back = edges().filter((edge) => {
    const [from, to] = edge.split(' --> ') as [string, string];
    if (from === 'reference') return true;
    return to !== 'shaders' && !(ORDER.indexOf(to) >= 0 && ORDER.indexOf(to) < ORDER.indexOf(from));
  });
  expect([...new Set(back)]).toEqual([]);
});

test('the picture shows each import between parts of the sources, and nothing else', () => {
  const sources = edges();
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const [, picture = ''] = /```mermaid\n(.*?)```/s.exec(page) ?? [];
  const drawn = picture.split('\n').map((line) => line.trim());
  expect(drawn.filter((line) => line.includes('-->')).sort()).toEqual([...new Set(sources)].sort());
});
