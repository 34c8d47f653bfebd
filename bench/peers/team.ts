/**
 * The libraries in their pages, and what becomes of them. Each has a page and a device of its own
 * in one browser, and one works at a time. One that throws gets a new page; where one hangs, or
 * takes the devices of others with it (they share the browser's GPU process), all get a new browser.
 */
import type { BenchBrowser, BenchPage } from '../session';
import type { Shape } from '../shapes';
import type { AccuracyOp } from './accuracy-inputs';
import type { Judgement } from './judge';
import type { Library } from './libraries';
import type { PeerOp } from './ops';
import type {
  Enqueued,
  lostMessage,
  measure,
  open,
  prepare,
  Ready,
  sample,
  samplePass,
} from './page';
import { LibraryFailure, type Runners } from './runners';

const PAGE = '/bench/peers/page.ts';
/** After so many milliseconds a call into a page counts as hung: the slowest that works takes ten seconds. */
export const PATIENCE_MS = 120_000;
/** For what takes milliseconds, if it works at all. */
const SHORT_MS = 10_000;
/** How long after a failure the loss of other devices is known. */
const SETTLE_MS = 500;

/** A call into a page did not return. */
class Hang extends Error {}

interface Member {
  readonly library: Library;
  page: BenchPage | undefined;
  /** What the page has prepared. */
  prepared: { readonly op: PeerOp; readonly shape: Shape } | undefined;
}

export class Team implements Runners {
  private readonly members: readonly Member[];
  private browser: BenchBrowser | undefined;
  /** Errors of pages that were closed. */
  private readonly faults = new Map<Library, string[]>();

  /**
   * @param launch starts a browser; called again when one has to be replaced.
   * @param patience milliseconds after which a call counts as hung.
   */
  constructor(
    libraries: readonly Library[],
    private readonly launch: () => Promise<BenchBrowser>,
    private readonly patience: number,
  ) {
    this.members = libraries.map((library) => ({ library, page: undefined, prepared: undefined }));
  }

  /** A library fails too if no browser starts for it. */
  async prepare(library: Library, op: PeerOp, shape: Shape): Promise<Ready> {
    const member = this.memberOf(library);
    return this.guard(member, async () => {
      const page = await this.pageOf(member);
      const ready = await this.within(
        this.patience,
        page.call<typeof prepare>(PAGE, 'prepare', op, shape, library.promise),
      );
      member.prepared = { op, shape };
      return ready;
    });
  }

  sample(library: Library, calls: number): Promise<Enqueued> {
    return this.inPage(library, (page) => page.call<typeof sample>(PAGE, 'sample', calls));
  }

  samplePass(library: Library, pass: number, calls: number): Promise<number> {
    return this.inPage(library, (page) =>
      page.call<typeof samplePass>(PAGE, 'samplePass', pass, calls),
    );
  }

  /**
   * Judges the results of an operation on an input that the accuracy is measured on. What the
   * library had prepared is gone then.
   *
   * @param input its name.
   * @throws LibraryFailure if the library fails, or no browser starts for it.
   */
  measure(library: Library, op: AccuracyOp, input: string): Promise<Judgement[]> {
    this.memberOf(library).prepared = undefined;
    return this.inPage(library, (page) =>
      page.call<typeof measure>(PAGE, 'measure', op, input, library.promise),
    );
  }

  /** Errors on the pages of a library: on the console, uncaught, or crashes. */
  faultsOf(library: Library): readonly string[] {
    const { page } = this.memberOf(library);
    return [...(this.faults.get(library) ?? []), ...(page?.faults ?? [])];
  }

  async close(): Promise<void> {
    const { browser } = this;
    for (const member of this.members) this.forget(member);
    this.browser = undefined;
    await browser?.close();
  }

  /** Works in a library's page; one that had to be replaced meanwhile is made ready again. */
  private async inPage<T>(library: Library, work: (page: BenchPage) => Promise<T>): Promise<T> {
    const member = this.memberOf(library);
    const { prepared } = member;
    if (!member.page && prepared) await this.prepare(library, prepared.op, prepared.shape);
    return this.guard(member, async () =>
      this.within(this.patience, work(await this.pageOf(member))),
    );
  }

  private memberOf(library: Library): Member {
    return this.members.find((member) => member.library === library)!;
  }

  private async pageOf(member: Member): Promise<BenchPage> {
    if (!member.page) {
      this.browser ??= await this.launch();
      member.page = await this.browser.openPage();
      await this.within(
        this.patience,
        member.page.call<typeof open>(PAGE, 'open', member.library.module),
      );
    }
    return member.page;
  }

  /** Does something in a member's page, and clears up after a failure. */
  private async guard<T>(member: Member, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { page } = member;
      this.forget(member);
      member.prepared = undefined;
      if (error instanceof Hang || !(await this.othersLive()) || !(await this.closes(page))) {
        await this.close();
      }
      throw new LibraryFailure((error as Error).message.trim(), { cause: error });
    }
  }

  /** Whether the devices of all other pages are still there. */
  private async othersLive(): Promise<boolean> {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    for (const { page } of this.members) {
      if (!page) continue;
      try {
        const lost = page.call<typeof lostMessage>(PAGE, 'lostMessage');
        if ((await this.within(SHORT_MS, lost)) !== null) return false;
      } catch {
        return false;
      }
    }
    return true;
  }

  private async closes(page: BenchPage | undefined): Promise<boolean> {
    try {
      if (page) await this.within(SHORT_MS, page.close());
      return true;
    } catch {
      return false;
    }
  }

  private forget(member: Member): void {
    const { library, page } = member;
    if (page?.faults.length) {
      this.faults.set(library, [...(this.faults.get(library) ?? []), ...page.faults]);
    }
    member.page = undefined;
  }

  private async within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Hang(`no answer within ${milliseconds / 1000} s`));
      }, milliseconds);
    });
    // A late answer of a page that is gone concerns nobody.
    work.catch(() => {});
    try {
      return await Promise.race([work, patience]);
    } finally {
      clearTimeout(timer);
    }
  }
}
