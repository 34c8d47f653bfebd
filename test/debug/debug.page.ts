/** Runs one case and tells all: what was compiled, what went in, what came out, what it must be. */

import { type Case, makeInputs, makeReferences, runOp } from '../../conformance/cases';
import { runCases } from '../../conformance/run-cases';
import * as library from '../../src/index';
import { createEngine, f16, type GpuTensor } from '../../src/index';

/** What a case came to, in words, and files by their names. */
export interface Dump {
  readonly ok: boolean;
  readonly report: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Runs the case, shows it in the page, and leaves `again()` for its console. */
export async function debugCase(c: Case): Promise<Dump> {
  Object.assign(globalThis, { again: () => debugCase(c) });
  const dump = await dumpOf(c);
  document.querySelector('#report')!.textContent = dump.report;
  document.querySelector('#files')!.replaceChildren(
    ...Object.entries(dump.files).map(([name, text]) => {
      const details = document.createElement('details');
      const [summary, content] = [document.createElement('summary'), document.createElement('pre')];
      summary.textContent = name;
      content.textContent = text.slice(0, SHOWN);
      details.append(summary, content);
      return details;
    }),
  );
  return dump;
}

/** Characters of a file that the page shows. */
const SHOWN = 100_000;

async function dumpOf(c: Case): Promise<Dump> {
  const engine = await createEngine({ f16 });
  const shaders = watchShaders(engine.device);
  const before: Reading[] = [];
  const after: Reading[] = [];
  const results = await runCases(engine, [c], undefined, (one, tensors, outs) => {
    // Copied before the call, which may write over them.
    before.push(...readAll(tensors));
    runOp(library, one, tensors, outs);
    after.push(...readAll(outs));
  });
  const [result] = results;
  const references = makeReferences(c, makeInputs(c));
  const files: Record<string, string> = { 'case.json': `${JSON.stringify(c, null, 2)}\n` };
  for (const [i, { label, code }] of shaders.entries()) {
    files[`${i}.${label.replaceAll(/[^\w-]+/g, '.')}.wgsl`] = code;
  }
  for (const [name, read] of before) files[`in.${name}.csv`] = table({ value: await read });
  for (const [name, read] of after) {
    const { data, bound } = references[name]!;
    files[`out.${name}.csv`] = table({ value: await read, expected: data, bound });
  }
  engine.destroy();
  const { ok, count, maxUlp, maxShare, report } = result!;
  const right = `right: ${count} elements, ${maxUlp.toFixed(2)} ULP and ${maxShare.toFixed(3)} × the bound at most`;
  return { ok, report: ok ? right : report, files };
}

type Reading = readonly [name: string, values: Promise<ArrayLike<number>>];

const readAll = (tensors: Readonly<Record<string, GpuTensor>>): Reading[] =>
  Object.entries(tensors).map(([name, tensor]) => {
    const values = tensor.read();
    // Heard when it is written; what fails the case itself is told by its report.
    values.catch(() => {});
    return [name, values];
  });

/** All shaders that the device is given from here on. */
function watchShaders(device: GPUDevice): { label: string; code: string }[] {
  const shaders: { label: string; code: string }[] = [];
  const create = device.createShaderModule.bind(device);
  device.createShaderModule = (descriptor) => {
    shaders.push({ label: descriptor.label ?? 'shader', code: descriptor.code });
    return create(descriptor);
  };
  return shaders;
}

/** Columns of numbers as text, a line an element. */
function table(columns: Readonly<Record<string, ArrayLike<number>>>): string {
  const lists = Object.values(columns);
  const lines = Array.from(lists[0]!, (_, i) => [i, ...lists.map((list) => list[i])].join(','));
  return `${['index', ...Object.keys(columns)].join(',')}\n${lines.join('\n')}\n`;
}
