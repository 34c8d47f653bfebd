/** Mutants of the simulator. */
import type { Mutant } from './mutants';

const faults = 'test/simulator/faults.test.ts';
const instructions = 'test/simulator/instructions.test.ts';

export const simulator: readonly Mutant[] = [
  {
    file: 'simulator/machine/shared-memory.ts',
    was: 'if (others !== 0)',
    is: 'if (others < 0)',
    test: [faults, 'what waves do to each other’s words takes a barrier between'],
  },
  {
    file: 'simulator/machine/buffer-memory.ts',
    was: 'address + access.bytes > bytes',
    is: 'address > bytes',
    test: [faults, 'an access out of bounds is an error that says where'],
  },
  {
    file: 'simulator/machine/dispatch.ts',
    was: 'at !== first!.at',
    is: 'at < first!.at',
    test: [faults, 'all waves must come to the same barrier'],
  },
  {
    file: 'simulator/machine/floats.ts',
    was: 'if ((words[0]! & 0x1fff_ffff) !== 0x1000_0000) return sum;',
    is: 'if (sum === sum) return sum;',
    test: [instructions, 'a fused product is rounded once'],
  },
  {
    file: 'simulator/machine/results.ts',
    was: 'if (register >= program.vectorRegisters)',
    is: 'if (register > program.vectorRegisters)',
    test: [instructions, 'registers after a lane’s own are shared by the halves of a wave'],
  },
  {
    file: 'simulator/device/queue.ts',
    was: 'this.last.then(work)',
    is: 'Promise.resolve().then(work)',
    test: ['test/simulator/device.test.ts', 'what is submitted is done in its order'],
  },
];
