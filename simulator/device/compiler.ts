/** The compiler for RDNA2: RADV for navi21, through Dawn. */
import type { Capture } from '../../compilers/capture';
import { chips } from '../../compilers/chips';
import { Compiler, type DeviceReport, type Source } from '../../compilers/compiler';
import { engines } from '../../compilers/engines';
import { findToolchain, type Toolchain } from '../../compilers/toolchain';
import { isReadable } from '../assembly/program';

const navi21 = chips.find(({ name }) => name === 'navi21')!;
const dawn = engines.find(({ name }) => name === 'dawn')!;

const open = (toolchain: Toolchain, env: Readonly<Record<string, string>>) =>
  Compiler.open(toolchain, {
    chip: { ...navi21, env: { ...navi21.env, ...env } },
    engine: dawn,
    raised: true,
  });

export class Rdna2Compiler {
  private last: Promise<unknown> = Promise.resolve();
  /** For kernels whose machine code the driver cannot put into words. */
  private unscheduled: Promise<Compiler> | undefined;

  private constructor(
    private readonly toolchain: Toolchain,
    private readonly compiler: Compiler,
  ) {}

  /**
   * Fetches and starts it.
   *
   * @throws Error where it cannot be had; the message says why.
   */
  static async open(): Promise<Rdna2Compiler> {
    const toolchain = await findToolchain();
    return new Rdna2Compiler(toolchain, await open(toolchain, {}));
  }

  /** What Dawn says of the chip. */
  get report(): DeviceReport {
    return this.compiler.report;
  }

  /** Compiles a kernel, when those before it are done. */
  readonly compile = (source: Source): Promise<Capture> => {
    const capture = this.last.then(() => this.compileNow(source));
    this.last = capture.catch(() => {});
    return capture;
  };

  async close(): Promise<void> {
    await this.compiler.close();
    await (await this.unscheduled)?.close();
  }

  private async compileNow(source: Source): Promise<Capture> {
    const capture = await this.compiler.compile(source);
    if (isReadable(capture)) return capture;
    // Instructions in another order take other registers.
    this.unscheduled ??= open(this.toolchain, { ACO_DEBUG: 'nosched' });
    return (await this.unscheduled).compile(source);
  }
}
