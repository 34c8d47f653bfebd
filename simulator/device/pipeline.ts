/** Compute pipelines: WGSL compiled for RDNA2, and the machine code for the simulator. */

import type { Capture } from '../../compilers/capture';
import type { Source } from '../../compilers/compiler';
import { parseProgram } from '../assembly/program';
import { type CompiledProgram, compileProgram } from '../machine/compile';

/** Compiles a kernel; several may be asked for at a time. */
export type CompileForRdna2 = (source: Source) => Promise<Capture>;

export interface BindGroupLayout {
  readonly entries: readonly GPUBindGroupLayoutEntry[];
}

export interface Pipeline {
  readonly label: string;
  readonly layout: BindGroupLayout;
  /** Rejects if it does not compile, or has an instruction that is not simulated. */
  readonly compiled: Promise<CompiledProgram>;
}

export class Pipelines {
  /** By kernel text: engines that come and go compile the same ones. */
  private readonly made = new Map<string, Promise<CompiledProgram>>();

  constructor(private readonly compile: CompileForRdna2) {}

  create({ label = 'kernel', layout, compute }: GPUComputePipelineDescriptor): Pipeline {
    const { code } = compute.module as unknown as { code: string };
    const [group] = (layout as unknown as { bindGroupLayouts: BindGroupLayout[] }).bindGroupLayouts;
    const bindings = group!.entries.map(({ buffer }) => buffer?.type ?? 'uniform');
    const key = JSON.stringify([bindings, code]);
    const compiled =
      this.made.get(key) ??
      this.compile({ name: label, wgsl: code, bindings }).then((capture) =>
        compileProgram(parseProgram(capture, label, code)),
      );
    this.made.set(key, compiled);
    // Heard where it is dispatched.
    compiled.catch(() => {});
    return { label, layout: group!, compiled };
  }
}
