import type { Engine } from '../engine/engine';
import { type Fault, noFault } from '../gpu/faults';

/**
 * What a self-test says of each device. It is made once, whatever engines there are on the device, and
 * on an engine of its own, which nobody destroys meanwhile.
 */
export class Verdicts {
  private readonly known = new WeakMap<GPUDevice, Fault>();

  /** @param test gives an Error that says what came out wrong, or undefined; rejects without a verdict. */
  constructor(private readonly test: (engine: Engine) => Fault) {}

  /** The verdict as a value; `noFault` itself once the device has passed. */
  on(device: GPUDevice, newEngine: () => Engine): Fault {
    const known = this.known.get(device);
    if (known) return known;
    const engine = newEngine();
    // The test makes calls that ask for the verdict, and must not wait for its own.
    this.known.set(device, noFault);
    const verdict = this.test(engine).then(
      (error) => {
        if (!error) this.known.set(device, noFault);
        return error;
      },
      (error: Error) => {
        // No verdict: who asks next has it tested again.
        this.known.delete(device);
        return error;
      },
    );
    this.known.set(device, verdict);
    void verdict.then(() => engine.destroy());
    return verdict;
  }
}
