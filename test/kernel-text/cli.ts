/**
 * `npm run kernel -- softmax 512x4096 --adapter gpu`: the kernels of a call, without a GPU: what is bound
 * where, their uniforms and workgroups, and their WGSL, each part under the name of its file.
 */
import { cac } from 'cac';
import { parseShape } from '../../bench/shapes';
import { type Case, testOps } from '../../conformance/cases';
import { kernelText } from './text';

const EXAMPLE = 'npm run kernel -- softmax 512x4096 --adapter gpu';

/** @returns the exit status: 0, or 2 for bad arguments. */
export function main(argv: readonly string[], print: (text: string) => void = console.log): number {
  const cli = cac('npm run kernel --');
  cli
    .command('<op> <shape>', 'The kernels of a call, as WGSL, with what is bound to them')
    .example(EXAMPLE)
    .option('--adapter <class>', "what to plan for: 'gpu' or 'cpu'", { default: 'gpu' })
    .option('--no-subgroups', 'plan for a device without subgroups')
    .option('--axis <axis>', 'the axis of the rows', { default: -1 })
    .option('--case <json>', 'more of the call, as a failed comparison prints it', {
      default: '{}',
    })
    .option('--quiet', 'all but the WGSL')
    .action((op: string, shape: string, options: Options) => {
      const c = { ...JSON.parse(options.case), ...caseOf(op, shape, options) } as Case;
      print(kernelText(c, options));
    });
  cli.help();
  try {
    cli.parse([...argv], { run: false });
    if (cli.options.help) return 0;
    if (!cli.matchedCommand) throw new Error(`no operation and shape are given; try: ${EXAMPLE}`);
    cli.runMatchedCommand();
    return 0;
  } catch (error) {
    console.error((error as Error).message);
    return 2;
  }
}

interface Options {
  readonly adapter: string;
  readonly subgroups: boolean;
  readonly axis: number;
  readonly case: string;
  readonly quiet?: boolean;
}

function caseOf(op: string, shape: string, { axis, adapter }: Options) {
  if (!(testOps as readonly string[]).includes(op)) {
    throw new Error(`op: expected ${testOps.join(', ')}, got '${op}'`);
  }
  if (adapter !== 'gpu' && adapter !== 'cpu') {
    throw new Error(`--adapter: expected 'gpu' or 'cpu', got '${adapter}'`);
  }
  const dims = parseShape(shape)?.dims;
  if (!dims) throw new Error(`shape: expected sizes such as 512x4096, got '${shape}'`);
  if (!(Number.isInteger(axis) && axis >= -dims.length && axis < dims.length)) {
    throw new Error(`--axis ${axis} is out of range [${-dims.length}, ${dims.length - 1}]`);
  }
  return { op, shape: dims, axis, seed: 1 };
}
