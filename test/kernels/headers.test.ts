/** Each file of WGSL says at its top which names it provides for others, and which it requires. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { headerOf, headersOf, ROLE } from './headers';
import { files } from './kernels';

const texts = new Map(
  [...files.keys()].map((path) => [
    path,
    readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'),
  ]),
);
const headers = headersOf(texts);

test.each([...texts])('%s', (path, text) => {
  expect(headerOf(text)).toBe(headers.get(path));
});

test('what is required is provided', () => {
  const names = (what: string) =>
    new Set(
      [...headers.values()].flatMap((header) =>
        [...header.matchAll(new RegExp(`${what}:((?:.*\\n//  )*.*)`, 'g'))].flatMap(
          ([, list]) => list!.match(/\w+/g) ?? [],
        ),
      ),
    );
  const provided = names('provides');
  const missing = [...names('requires')].filter(
    (name) => !provided.has(name) && !provided.has(name.replace(ROLE, '_data')),
  );
  expect(missing).toEqual([]);
});
