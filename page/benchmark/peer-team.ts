/** The libraries of the comparison, each in a worker. */
import type { Library } from '../../bench/peers/libraries';
import type { PeerOp } from '../../bench/peers/ops';
import type { Enqueued, prepare, Ready, sample, samplePass } from '../../bench/peers/page';
import { LibraryFailure, type Runners } from '../../bench/peers/runners';
import type { Shape } from '../../bench/shapes';
import { Remote } from '../remote';
import type { open } from './peer.worker';
import workerUrl from './peer.worker.ts?worker&url';

/** Whoever does not answer for so long hangs. */
const PATIENCE_MS = 180_000;

export class PeerTeam implements Runners {
  private readonly remotes = new Map<string, Remote>();

  prepare(library: Library, op: PeerOp, shape: Shape): Promise<Ready> {
    return this.guard(library, async () => {
      const remote = this.remotes.get(library.name) ?? (await this.open(library));
      return remote.call<typeof prepare>('prepare', [op, shape, library.promise]);
    });
  }

  sample(library: Library, calls: number): Promise<Enqueued> {
    return this.guard(library, () => this.remoteOf(library).call<typeof sample>('sample', [calls]));
  }

  samplePass(library: Library, pass: number, calls: number): Promise<number> {
    return this.guard(library, () =>
      this.remoteOf(library).call<typeof samplePass>('samplePass', [pass, calls]),
    );
  }

  /** Ends all workers; calls in hand fail. */
  close(): void {
    for (const remote of this.remotes.values()) remote.end();
    this.remotes.clear();
  }

  private async open({ name }: Library): Promise<Remote> {
    const remote = new Remote(workerUrl);
    this.remotes.set(name, remote);
    await remote.call<typeof open>('open', [name]);
    return remote;
  }

  private remoteOf({ name }: Library): Remote {
    const remote = this.remotes.get(name);
    if (!remote) throw new LibraryFailure('it failed before');
    return remote;
  }

  /** A library that fails or hangs gets a new worker the next time. */
  private async guard<T>({ name }: Library, work: () => Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`)),
        PATIENCE_MS,
      );
    });
    try {
      return await Promise.race([work(), patience]);
    } catch (error) {
      this.remotes.get(name)?.end();
      this.remotes.delete(name);
      throw new LibraryFailure((error as Error).message.trim(), { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}
