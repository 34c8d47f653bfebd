/** What went wrong on the GPU with one piece of work; undefined if nothing did. */
export type Fault = Promise<Error | undefined>;

export const noFault: Fault = Promise.resolve(undefined);

const filters = ['validation', 'out-of-memory', 'internal'] as const;

/**
 * Collects the errors that only the GPU can tell. Each piece of work is bracketed by error scopes;
 * what they catch is kept as a value, never as a rejection, until somebody waits for the work.
 */
export class Faults {
  private readonly pending = new Set<Fault>();

  constructor(private readonly device: GPUDevice) {}

  /** Does the work and notes what the GPU makes of it, under the operation's name. */
  watch<T>(label: string, work: () => T): { value: T; fault: Fault } {
    for (const filter of filters) this.device.pushErrorScope(filter);
    let scopes: Promise<GPUError | null>[] = [];
    let value: T;
    try {
      value = work();
    } finally {
      scopes = filters.map(() => this.device.popErrorScope());
      // Scopes are empty or unanswered where the device is lost; `lost` says so.
      scopes = scopes.map((scope) => scope.catch(() => null));
    }
    const fault: Fault = Promise.all(scopes).then((errors) => {
      const error = errors.find((e) => e !== null);
      return error && new Error(`${label}: ${error.message}`);
    });
    this.pending.add(fault);
    // A piece of work that went well need not be remembered.
    void fault.then((error) => {
      if (!error) this.pending.delete(fault);
    });
    return { value, fault };
  }

  /** Waits for all work watched so far; throws the first fault nobody has been told of. */
  async settle(): Promise<void> {
    const faults = [...this.pending];
    const errors = await Promise.all(faults);
    for (const fault of faults) this.pending.delete(fault);
    const error = errors.find((e) => e !== undefined);
    if (error) throw error;
  }
}
