/**
 * No block of code is written twice. Where one has to be, it stands between `jscpd:ignore-start` and
 * `jscpd:ignore-end`, with the reason.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Detector, type IClone, type IMapFrame, type IStore } from '@jscpd/core';
import { Tokenizer } from '@jscpd/tokenizer';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folders = [
  'src',
  'shaders',
  'page',
  'conformance',
  'compilers',
  'simulator',
  'bench',
  'test',
  'examples',
];
const formats: Record<string, string> = {
  '.ts': 'typescript',
  '.mjs': 'javascript',
  '.js': 'javascript',
  '.wgsl': 'wgsl',
  '.css': 'css',
};
/** Node's own hash: JavaScript's, and an Error for each frame that is new, took most of the time. */
const hashFunction = (text: string) => createHash('md5').update(text).digest('hex');
const options = { minLines: 6, minTokens: 100, hashFunction };

class Frames implements IStore<IMapFrame> {
  private readonly all = new Map<string, Map<string, IMapFrame>>();
  private own = new Map<string, IMapFrame>();

  namespace(format: string): void {
    this.own = this.all.get(format) ?? new Map();
    this.all.set(format, this.own);
  }

  get(id: string): Promise<IMapFrame> {
    const frame = this.own.get(id);
    return frame ? Promise.resolve(frame) : Promise.reject();
  }

  set(id: string, frame: IMapFrame): Promise<IMapFrame> {
    this.own.set(id, frame);
    return Promise.resolve(frame);
  }

  close(): void {}
}

/** The clones among texts, in the order in which they are found. */
async function clonesIn(files: Iterable<readonly [path: string, text: string]>): Promise<IClone[]> {
  const detector = new Detector(new Tokenizer(), new Frames(), [], options);
  const clones: IClone[] = [];
  for (const [path, text] of files) {
    const format = formats[extname(path)];
    if (format) clones.push(...(await detector.detect(path, text, format)));
  }
  return clones;
}

const describePlace = ({ sourceId, start, end }: IClone['duplicationA']) =>
  `${relative(root, sourceId)}:${start.line}-${end.line}`;
const describeClone = ({ duplicationA, duplicationB }: IClone) =>
  `${describePlace(duplicationA)} is ${describePlace(duplicationB)}`;

test('no block of code is written twice', async () => {
  const paths = folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(root, folder, name),
      ),
    )
    // Emitted WGSL repeats the files it is made of.
    .filter((path) => extname(path) in formats && !/golden/.test(path));
  expect(paths.length).toBeGreaterThan(500);
  const clones = await clonesIn(paths.map((path) => [path, readFileSync(path, 'utf8')]));
  expect(clones.map(describeClone)).toEqual([]);
});

test.each(['src/rows/plan.ts', 'shaders/product/operands.wgsl'])(
  'a part of %s in another file is found, unless it is marked',
  async (path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const part = text.split('\n').slice(20, 90).join('\n');
    const clonesOf = (other: string) =>
      clonesIn([
        [path, text],
        [`other${extname(path)}`, other],
      ]);
    expect(await clonesOf(part)).not.toEqual([]);
    const marked = `// jscpd:ignore-start: for a test\n${part}\n// jscpd:ignore-end\n`;
    expect(await clonesOf(marked)).toEqual([]);
  },
);
