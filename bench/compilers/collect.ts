/** Compiles what every case takes on every chip; what fails is noted, and the rest goes on. */
import type { Chip } from '../../compilers/chips';
import { Compiler } from '../../compilers/compiler';
import type { Engine } from '../../compilers/engines';
import type { Toolchain } from '../../compilers/toolchain';
import type { Progress } from '../progress';
import { type CompiledCase, caseId } from './cases';
import { CompiledKernels } from './kernels';
import { hasSubgroups, planOn, type Setting, sameKernels } from './plan';
import type { CallResult, CompilerResults, DeviceResult } from './results';

export interface Task {
  readonly cases: readonly CompiledCase[];
  readonly chips: readonly Chip[];
  readonly engines: readonly Engine[];
}

export type Collected = Pick<
  CompilerResults,
  'devices' | 'kernels' | 'calls' | 'notExecuted' | 'failures'
>;

/** All calls of a task on all its devices. */
export async function collect(
  toolchain: Toolchain,
  { cases, chips, engines }: Task,
  progress: Progress,
): Promise<Collected> {
  const parts: Collected[] = [];
  const targets = chips.flatMap((chip) => engines.map((engine) => ({ chip, engine })));
  for (const [i, { chip, engine }] of targets.entries()) {
    const title = `${chip.title} through ${engine.name}`;
    progress.begin(title, i + 1, targets.length);
    const onCase = (name: string, n: number) => progress.step(name, n, cases.length);
    const part = await collectOn(toolchain, chip, engine, cases, onCase);
    parts.push({ ...part, failures: part.failures.map((failure) => `${title}: ${failure}`) });
    progress.clear();
  }
  return {
    devices: parts.flatMap(({ devices }) => devices),
    kernels: parts.flatMap(({ kernels }) => kernels),
    calls: parts.flatMap(({ calls }) => calls),
    notExecuted: parts.flatMap(({ notExecuted }) => notExecuted),
    failures: parts.flatMap(({ failures }) => failures),
  };
}

/** The calls on one device. */
async function collectOn(
  toolchain: Toolchain,
  chip: Chip,
  engine: Engine,
  cases: readonly CompiledCase[],
  onCase: (name: string, n: number) => void,
): Promise<Collected> {
  let compiler: Compiler;
  try {
    compiler = await Compiler.open(toolchain, { chip, engine, raised: true });
  } catch (error) {
    const failures = [(error as Error).message];
    return { devices: [], kernels: [], calls: [], notExecuted: [], failures };
  }
  const kernels = new CompiledKernels(compiler, chip, engine);
  const calls: CallResult[] = [];
  const failures: string[] = [];
  try {
    for (const setting of settingsOf(compiler)) {
      for (const [i, c] of cases.entries()) {
        onCase(caseId(c), i + 1);
        try {
          const call = await callOn(compiler, kernels, c, setting);
          if (call) calls.push(call);
        } catch (error) {
          failures.push(`${caseId(c)}: ${(error as Error).message}`);
        }
      }
    }
  } finally {
    await compiler.close();
  }
  const device = deviceOf(compiler, chip, engine);
  failures.push(...kernels.failures);
  const { results, notExecuted } = kernels;
  return { devices: [device], kernels: results, calls, notExecuted, failures };
}

/** Which plans there may be on a device. */
const settingsOf = ({ report }: Compiler): readonly Setting[] =>
  (hasSubgroups(report) ? [true, false] : [false]).flatMap((subgroups): Setting[] => [
    { subgroups, limits: 'default' },
    { subgroups, limits: 'raised' },
  ]);

/** A call in a setting; undefined where that is planned as with default limits, or has a kernel that failed. */
async function callOn(
  { report }: Compiler,
  kernels: CompiledKernels,
  c: CompiledCase,
  setting: Setting,
): Promise<CallResult | undefined> {
  const plan = planOn(report, c, setting);
  const { limits } = setting;
  if (limits === 'raised') {
    const least = planOn(report, c, { ...setting, limits: 'default' });
    if (sameKernels(plan, least)) return undefined;
  }
  return kernels.call(c, setting, plan);
}

function deviceOf({ report }: Compiler, chip: Chip, engine: Engine): DeviceResult {
  const { description, subgroupMinSize, subgroupMaxSize } = report.info;
  return {
    chip: chip.name,
    engine: engine.name,
    description,
    subgroupMinSize,
    subgroupMaxSize,
    subgroups: hasSubgroups(report),
  };
}
