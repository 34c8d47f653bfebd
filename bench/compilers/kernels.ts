/** The kernels of a device, each compiled once. */

import type { Capture } from '../../compilers/capture';
import type { Chip } from '../../compilers/chips';
import type { Compiler, Source } from '../../compilers/compiler';
import type { Engine } from '../../compilers/engines';
import { figuresOf } from '../../compilers/figures';
import { parseProgram } from '../../simulator/assembly/program';
import { type CompiledProgram, compileProgram } from '../../simulator/machine/compile';
import { elementsOf } from '../shapes';
import { type CompiledCase, caseId } from './cases';
import { executedCall, ownBytes } from './executed';
import type { PlannedCall, Setting } from './plan';
import type { CallResult, KernelResult } from './results';

interface Compiled {
  readonly result: KernelResult;
  /** Where it can be executed. */
  readonly program: CompiledProgram | undefined;
}

export class CompiledKernels {
  readonly failures: string[] = [];
  /** Why machine code cannot be executed. */
  readonly notExecuted: string[] = [];
  /** By WGSL; undefined where it failed. */
  private readonly compiled = new Map<string, Compiled | undefined>();
  private readonly names = new Map<string, string>();

  constructor(
    private readonly compiler: Compiler,
    private readonly chip: Chip,
    private readonly engine: Engine,
  ) {}

  get results(): KernelResult[] {
    return [...this.compiled.values()].flatMap((one) => (one ? [one.result] : []));
  }

  /** A planned call; undefined where a kernel of it does not compile. */
  async call(
    c: CompiledCase,
    setting: Setting,
    plan: PlannedCall,
  ): Promise<CallResult | undefined> {
    const all: Compiled[] = [];
    for (const { source } of plan.dispatches) {
      const compiled = await this.compile(source);
      if (!compiled) return undefined;
      all.push(compiled);
    }
    const executed = this.execute(c, plan, all);
    return {
      case: caseId(c),
      chip: this.chip.name,
      engine: this.engine.name,
      ...setting,
      dispatches: plan.dispatches.map(({ workgroups: [x, y, z], workgroupSize }, i) => ({
        // Kernels of several names may be one text.
        kernel: all[i]!.result.name,
        workgroups: x * y * z,
        invocations: x * y * z * workgroupSize,
        executed: executed?.[i] ?? null,
      })),
      elements: elementsOf(c.shape),
      ownBytes: ownBytes(c),
      shares: [],
    };
  }

  /** What is executed of it, where that can be. */
  private execute(c: CompiledCase, plan: PlannedCall, all: readonly Compiled[]) {
    const programs = all.flatMap(({ program }) => (program ? [program] : []));
    if (programs.length < all.length) return undefined;
    try {
      return executedCall(plan, c, programs);
    } catch (error) {
      this.failures.push(`${caseId(c)}, executed: ${(error as Error).message}`);
      return undefined;
    }
  }

  private async compile(source: Source): Promise<Compiled | undefined> {
    const { name, wgsl } = source;
    if (this.compiled.has(wgsl)) return this.compiled.get(wgsl);
    if ((this.names.get(name) ?? wgsl) !== wgsl) throw new Error(`two kernels are named '${name}'`);
    this.names.set(name, wgsl);
    let compiled: Compiled | undefined;
    try {
      const capture = await this.compiler.compile(source);
      const of = { chip: this.chip.name, engine: this.engine.name, name };
      const result = { ...of, ...figuresOf(this.chip.driver, capture) };
      compiled = { result, program: this.programOf(source, capture) };
    } catch (error) {
      this.failures.push(`${name}: ${(error as Error).message}`);
    }
    this.compiled.set(wgsl, compiled);
    return compiled;
  }

  /** For the simulator, which knows RDNA2; what Dawn makes is executed. */
  private programOf({ name, wgsl }: Source, capture: Capture): CompiledProgram | undefined {
    if (this.chip.name !== 'navi21' || this.engine.name !== 'dawn') return undefined;
    try {
      return compileProgram(parseProgram(capture, name, wgsl), { counts: true });
    } catch (error) {
      this.notExecuted.push((error as Error).message);
      return undefined;
    }
  }
}
