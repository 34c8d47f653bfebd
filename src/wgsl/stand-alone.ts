import type { Binding, Kernel, Uniform } from '../gpu/kernel';
import { emit, SUBGROUPS } from './emit';
import type { Piece } from './piece';
import type { Constants } from './text';

/** A kernel that walks no rows: a file with a `main` of its own, and those that complete it. */
export interface StandAlone {
  readonly name: string;
  readonly workgroupSize: number;
  /** Whether the device must have subgroups. */
  readonly subgroups?: boolean;
  /** Whether the device must have the type f16. */
  readonly f16?: boolean;
  /** Constants of its own. */
  readonly constants?: Constants;
  /** Types of the uniforms that are not u32. */
  readonly types?: Readonly<Record<string, Uniform[1]>>;
  /** Bindings in their order, and what they are arrays of. */
  readonly reads: Readonly<Record<string, string>>;
  readonly writes: Readonly<Record<string, string>>;
  sources(): readonly Piece[];
}

/** The kernel of it. */
export function standAlone({ name, workgroupSize, reads, writes, ...spec }: StandAlone): Kernel {
  const of = (roles: StandAlone['reads'], type: Binding['type']) =>
    Object.entries(roles).map(([role, elements]) => ({ role, type, elements }));
  const bindings = [...of(reads, 'read-only-storage'), ...of(writes, 'storage')];
  const emitted = (tidy?: boolean) =>
    emit({
      tidy,
      directives: `${spec.f16 ? 'enable f16;\n' : ''}${spec.subgroups ? SUBGROUPS : ''}`,
      bindings,
      types: spec.types,
      constants: { WORKGROUP_SIZE: `${workgroupSize}u`, ...spec.constants },
      sources: spec.sources(),
    });
  return { name, bindings, emit: emitted };
}
