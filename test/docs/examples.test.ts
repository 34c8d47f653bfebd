/** Every example of the README, the guides and the docstrings compiles, runs, and prints what it says. */
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import * as library from '../../src/index';
import { browserUnderTest, callInPage, openPage } from '../browser/page';
import { examples, ROOT, runnableProgram, typedProgram } from './examples';
import type { runProgram } from './printed.page';

const page = await openPage();

test.each(examples.map((one) => [one.name, one] as const))('%s', async (_, one) => {
  const code = runnableProgram(one, browserUnderTest().url);
  const printed = await callInPage<typeof runProgram>(
    page,
    '/test/docs/printed.page.ts',
    'runProgram',
    code,
  );
  expect(printed).toEqual(one.prints);
});

test('they compile', () => {
  const path = (i: number) => join(ROOT, 'test/docs', `example-${i}.ts`);
  const programs = new Map(examples.map((one, i) => [path(i), typedProgram(one)]));
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT);
  // What an example makes, the reader uses.
  options.noUnusedLocals = false;
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => programs.has(file) || fileExists(file);
  host.getSourceFile = (file, version, ...rest) => {
    const text = programs.get(file);
    return text === undefined
      ? getSourceFile(file, version, ...rest)
      : ts.createSourceFile(file, text, version);
  };
  const program = ts.createProgram(
    [...programs.keys(), join(ROOT, 'src/wgsl.d.ts')],
    options,
    host,
  );
  const faults = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const name = examples.find((_, i) => path(i) === file?.fileName)?.name ?? file?.fileName;
    return `${name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
  expect(faults).toEqual([]);
});

test('every operation has an example in its docstring', () => {
  const code = examples.filter(({ name }) => name.startsWith('src/')).map((e) => e.code);
  const names = Object.keys(library);
  const isUsed = (name: string) => code.some((text) => new RegExp(`\\b${name}\\b`).test(text));
  expect(names.filter((name) => !isUsed(name))).toEqual([]);
});
