import type { Engine } from '../engine/engine';
import { type Fault, noFault } from '../gpu/faults';

/** Gives an Error that says what came out wrong, or undefined; rejects without a verdict. */
export type DeviceTest = (engine: Engine) => Fault;

const known = new WeakMap<GPUDevice, Map<DeviceTest, Fault>>();

/**
 * What a self-test says of a device. It is made once, whatever engines there are on the device, and
 * on an engine of its own, which stays alive meanwhile.
 *
 * @returns the verdict as a value; `noFault` itself once the device has passed.
 */
export function verdictOn(test: DeviceTest, device: GPUDevice, newEngine: () => Engine): Fault {
  const verdicts = known.get(device) ?? new Map<DeviceTest, Fault>();
  known.set(device, verdicts);
  const earlier = verdicts.get(test);
  if (earlier) return earlier;
  const engine = newEngine();
  // The test makes calls that ask for the verdict, and must not wait for its own.
  verdicts.set(test, noFault);
  const verdict = test(engine).then(
    (error) => {
      if (!error) verdicts.set(test, noFault);
      return error;
    },
    (error: Error) => {
      // No verdict: the next engine tests again.
      verdicts.delete(test);
      return error;
    },
  );
  verdicts.set(test, verdict);
  void verdict.then(() => engine.destroy());
  return verdict;
}
