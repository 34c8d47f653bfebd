/** Calls into a worker, one at a time. */
import { whyNotLoaded } from '../bench/files';

/** To a worker. */
export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** From a worker: any number of steps, then a result or an error. */
export type Answer =
  | { readonly step: readonly [step: string, done: number, total: number] }
  | { readonly result: unknown }
  | { readonly error: string };

export type OnProgress = (step: string, done: number, total: number) => void;

export class Remote {
  private waiting: { resolve(value: unknown): void; reject(error: Error): void } | undefined;
  private onProgress: OnProgress = () => {};

  private readonly worker: Worker;

  /** @param url of the worker's module, from an import of `?worker&url`. */
  constructor(url: string) {
    const worker = new Worker(url, { type: 'module' });
    this.worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      if ('step' in data) return this.onProgress(...data.step);
      const { waiting } = this;
      this.waiting = undefined;
      if ('error' in data) waiting?.reject(new Error(data.error));
      else waiting?.resolve(data.result);
    });
    worker.addEventListener('error', async (event) => {
      // Said by the rejection.
      event.preventDefault();
      this.fail(event.message ? new Error(event.message) : await whyNotLoaded(url));
    });
  }

  /**
   * Calls a function of the worker; see `answerCalls`.
   *
   * @throws Error if the function throws, the worker fails, or it is ended meanwhile.
   */
  call<F extends (...args: never[]) => unknown>(
    name: string,
    args: Parameters<F>,
    onProgress: OnProgress = () => {},
  ): Promise<Awaited<ReturnType<F>>> {
    this.onProgress = onProgress;
    return new Promise((resolve, reject) => {
      this.waiting = { resolve: resolve as (value: unknown) => void, reject };
      this.worker.postMessage({ name, args } satisfies Call);
    });
  }

  /** Ends the worker whatever it does; a call in hand fails. */
  end(): void {
    this.worker.terminate();
    this.fail(new Error('ended'));
  }

  private fail(error: Error): void {
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
}

/** In a worker: answers calls with these functions. */
export function answerCalls(
  functions: Readonly<Record<string, (...args: never[]) => unknown>>,
): void {
  const answer = (message: Answer) => postMessage(message);
  globalThis.reportProgress = (...step) => answer({ step });
  addEventListener('message', async ({ data: { name, args } }: MessageEvent<Call>) => {
    try {
      answer({ result: await functions[name]!(...(args as never[])) });
    } catch (error) {
      answer({ error: error instanceof Error ? error.message : String(error) });
    }
  });
}
