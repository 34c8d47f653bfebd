/**
 * What a run of `npm run bench:compilers` found, and what its JSON file holds. `results.schema.json` says the
 * same to other programs.
 */
import type { Figures } from '../../compilers/figures';
import type { Share } from './bandwidth';
import type { Executed } from './executed';

/** What says that a file is one of ours, and how it is to be read. */
export const FORMAT = 'webgpu-softmax compilers 1';

export interface CompilerResults {
  readonly format: typeof FORMAT;
  readonly date: string;
  /** Of the sources; with ' and changes' where they differ from it; null outside of a repository. */
  readonly commit: string | null;
  readonly seconds: number;
  /** Of drivers and engines, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly devices: readonly DeviceResult[];
  /** Each once a device, however many calls take it. */
  readonly kernels: readonly KernelResult[];
  readonly calls: readonly CallResult[];
  /** Machine code that the simulator cannot read, one line each. */
  readonly notExecuted: readonly string[];
  /** What could not be had, opened or compiled, and what the simulator found wrong, one line each. */
  readonly failures: readonly string[];
}

/** A chip as an engine sees it. */
export interface DeviceResult {
  readonly chip: string;
  readonly engine: string;
  readonly description: string;
  readonly subgroupMinSize: number;
  readonly subgroupMaxSize: number;
  /** Whether the library takes subgroups there. */
  readonly subgroups: boolean;
}

export interface KernelResult extends Figures {
  readonly chip: string;
  readonly engine: string;
  /** The variant's. */
  readonly name: string;
}

/** A call as it is planned on a device. */
export interface CallResult {
  readonly case: string;
  readonly chip: string;
  readonly engine: string;
  /** Whether subgroups are used. */
  readonly subgroups: boolean;
  /** 'raised' only where that makes another plan. */
  readonly limits: 'default' | 'raised';
  readonly dispatches: readonly DispatchResult[];
  /** Of its tensors, along every axis. */
  readonly elements: number;
  /** Bytes that it must move: each input once, and each result. */
  readonly ownBytes: number;
  /** Modelled shares of bandwidth, where its dispatches are executed. */
  readonly shares: readonly Share[];
}

export interface DispatchResult {
  readonly kernel: string;
  readonly workgroups: number;
  readonly invocations: number;
  /** On RDNA2 through Dawn alone. */
  readonly executed: Executed | null;
}
