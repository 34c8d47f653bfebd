import { isA } from '../util/kinds';

/** What went wrong on the GPU with one piece of work; undefined if nothing did. */
export type Fault = Promise<Error | undefined>;

export const noFault: Fault = Promise.resolve(undefined);

/** An error that a scope caught, in words. */
interface Caught {
  readonly message: string;
  readonly cause: GPUError | Error;
}

type Scope = Promise<Caught | undefined>;

/** Says more of an error than the GPU does. */
type Explain = (error: GPUError) => string | Promise<string>;

/** Errors of making a GPU object. */
export const making = ['validation', 'out-of-memory', 'internal'] as const;

/** Errors of giving the GPU something to do. */
export const doing = ['validation'] as const;

const asItIs: Explain = ({ message }) => message;

/** An error of making a buffer: if memory is out, how much was asked for, and what for. */
export const bufferError =
  ({ label, size }: GPUBufferDescriptor): Explain =>
  (error) =>
    isA(error, 'GPUOutOfMemoryError')
      ? `out of memory for ${size} bytes ('${label}'): ${error.message}`
      : error.message;

/**
 * Collects the errors that only the GPU can detect. What a piece of work makes and does is bracketed by
 * error scopes; what they catch is kept as a value, never as a rejection, until somebody waits for
 * the work. A scope costs the host more than all else in a small call, so there are no more of them
 * than can catch anything.
 */
export class Faults {
  private readonly pending = new Set<Fault>();
  /** Of the work under watch. */
  private scopes: Scope[] = [];

  constructor(private readonly device: GPUDevice) {}

  /** Begins a piece of work. */
  begin(): void {
    this.scopes = [];
  }

  /** Ends it. Its errors are reported under the operation's name. */
  end(label: string): Fault {
    const { scopes } = this;
    if (scopes.length === 0) return noFault;
    const fault = firstOf(scopes).then((error) =>
      error ? new Error(`${label}: ${error.message}`, { cause: error.cause }) : undefined,
    );
    this.remember(fault);
    return fault;
  }

  /** Keeps a fault that no scope reports until `settle` throws it. */
  remember(fault: Fault): void {
    this.pending.add(fault);
    // A piece of work that went well need not be remembered.
    void fault.then((error) => {
      if (!error) this.pending.delete(fault);
    });
  }

  /** Notes an error that no scope can catch, as part of the work under watch. */
  note(cause: Error): void {
    this.scopes.push(Promise.resolve({ message: cause.message, cause }));
  }

  /** Does a part of the work under watch, and catches these kinds of errors: `making` or `doing`. */
  within<T>(filters: readonly GPUErrorFilter[], work: () => T, explain: Explain = asItIs): T {
    for (const filter of filters) this.device.pushErrorScope(filter);
    try {
      return work();
    } finally {
      for (const _ of filters) {
        this.scopes.push(caught(this.device, explain));
      }
    }
  }

  /** Waits for all work watched so far; throws the first fault not yet reported. */
  async settle(): Promise<void> {
    const faults = [...this.pending];
    const error = await firstOf(faults);
    for (const fault of faults) this.pending.delete(fault);
    if (error) throw error;
  }
}

async function caught(device: GPUDevice, explain: Explain): Scope {
  // Scopes are empty or unanswered where the device is lost; `lost` says so.
  const cause = await device.popErrorScope().catch(() => null);
  return cause ? { message: await explain(cause), cause } : undefined;
}

/** The first error of several promises, in their order. */
export async function firstOf<E>(promises: readonly Promise<E>[]): Promise<E | undefined> {
  let first: E | undefined;
  for (const promise of promises) first ??= await promise;
  return first;
}

/** Why a device is lost, and what to do. */
export const lossInWords = ({ reason, message }: GPUDeviceLostInfo): string =>
  `the device is lost (${reason}: ${message}); create another engine`;

/** @throws as a rejection, Error with the reason if the device is lost, and the browser knows. */
export async function checkLoss(op: string, device: GPUDevice): Promise<void> {
  let loss: GPUDeviceLostInfo | undefined;
  void device.lost?.then((info) => {
    loss = info;
  });
  // A loss of this moment comes before what is asked now. Not in Firefox, which needs no GPU to answer.
  device.pushErrorScope('validation');
  await device.popErrorScope().catch(() => null);
  if (loss) throw new Error(`${op}: ${lossInWords(loss)}`);
}

/**
 * On a lost device what waits fails first, and the browser tells of the loss later: at once, or after
 * seconds on a busy machine. Ends without a loss if none is told in time.
 */
export async function lossTold(device: GPUDevice, milliseconds = 30_000): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([device.lost, patience]);
  clearTimeout(timer);
}
