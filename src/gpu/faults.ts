/** What went wrong on the GPU with one piece of work; undefined if nothing did. */
export type Fault = Promise<Error | undefined>;

export const noFault: Fault = Promise.resolve(undefined);

type Scope = Promise<GPUError | null>;

/** What making a GPU object may fail of; commands alone fail of nothing but validation. */
const makingFilters = ['out-of-memory', 'internal'] as const;

/**
 * Collects the errors that only the GPU can tell. Each piece of work is bracketed by error scopes;
 * what they catch is kept as a value, never as a rejection, until somebody waits for the work.
 *
 * A scope costs more than all other host work of a small call, so there is one for each piece of
 * work, and two more only around what makes a GPU object (`making`).
 */
export class Faults {
  private readonly pending = new Set<Fault>();
  /** Of the objects made by the work under watch. */
  private scopes: Scope[] = [];

  constructor(private readonly device: GPUDevice) {}

  /** Does the work and notes what the GPU makes of it, under the operation's name. */
  watch<T>(label: string, work: () => T): { value: T; fault: Fault } {
    const scopes: Scope[] = [];
    this.scopes = scopes;
    this.device.pushErrorScope('validation');
    let value: T;
    try {
      value = work();
    } finally {
      this.pop();
    }
    const fault = firstOf(scopes).then((error) =>
      error ? new Error(`${label}: ${error.message}`, { cause: error }) : undefined,
    );
    this.pending.add(fault);
    // A piece of work that went well need not be remembered.
    void fault.then((error) => {
      if (!error) this.pending.delete(fault);
    });
    return { value, fault };
  }

  /** Makes a GPU object as part of the work under watch. */
  making<T>(make: () => T): T {
    for (const filter of makingFilters) this.device.pushErrorScope(filter);
    try {
      return make();
    } finally {
      for (const _ of makingFilters) this.pop();
    }
  }

  private pop(): void {
    // Scopes are empty or unanswered where the device is lost; `lost` says so.
    this.scopes.push(this.device.popErrorScope().catch(() => null));
  }

  /** Waits for all work watched so far; throws the first fault nobody has been told of. */
  async settle(): Promise<void> {
    const faults = [...this.pending];
    const error = await firstOf(faults);
    for (const fault of faults) this.pending.delete(fault);
    if (error) throw error;
  }
}

/** The first error of several promises, in their order. */
export async function firstOf<E>(promises: readonly Promise<E>[]): Promise<E | undefined> {
  let first: E | undefined;
  for (const promise of promises) first ??= await promise;
  return first;
}
