import type { AdamStepper } from './adam-step';
import type { Stepper } from './step';

type Timed = Pick<Stepper | AdamStepper, 'done'>;

/**
 * Milliseconds of a step of each library in each round. They take turns, and every round another one is first.
 *
 * @param step enqueues a step of a round.
 */
export async function timeTurns<S extends Timed>(
  steppers: readonly (readonly [name: string, stepper: S])[],
  rounds: number,
  step: (stepper: S, round: number) => void,
  onTurn: (name: string) => void,
): Promise<Map<string, number[]>> {
  const samples = new Map(steppers.map(([name]) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < steppers.length; i++) {
      const [name, stepper] = steppers[(round + i) % steppers.length]!;
      onTurn(name);
      const start = performance.now();
      step(stepper, round);
      await stepper.done();
      samples.get(name)!.push(performance.now() - start);
    }
  }
  return samples;
}
