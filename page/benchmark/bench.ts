import type { tuneTo } from '../../bench/run';
import { type OnProgress, Remote } from '../remote';
import workerUrl from './bench.worker.ts?worker&url';

/** The worker that measures; one that failed or was ended is replaced. */
export class Bench {
  private remote: Remote | undefined;

  /** @param tuning what this browser keeps, as text. */
  constructor(private readonly tuning: string | null) {}

  async call<F extends (...args: never[]) => unknown>(
    name: string,
    args: Parameters<F>,
    onProgress?: OnProgress,
  ): Promise<Awaited<ReturnType<F>>> {
    if (!this.remote) {
      this.remote = new Remote(workerUrl);
      if (this.tuning !== null) await this.tune(this.remote, this.tuning);
    }
    return this.remote.call<F>(name, args, onProgress);
  }

  /** As the rest of the page is tuned: a tuning that does not belong here is not used, which Tune says. */
  private async tune(remote: Remote, kept: string): Promise<void> {
    try {
      await remote.call<typeof tuneTo>('tuneTo', [JSON.parse(kept)]);
    } catch (error) {
      console.info(`Not tuned: ${(error as Error).message}`);
    }
  }

  end(): void {
    this.remote?.end();
    this.remote = undefined;
  }
}
