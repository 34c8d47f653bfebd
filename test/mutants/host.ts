// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is in the strings is source text
/** Mutants of the TypeScript that runs: of `src` without the reference. */
import type { Mutant } from './mutants';

export const host: readonly Mutant[] = [
  {
    file: 'src/engine/stream-blocks.ts',
    was: 'for (const fault of faults) if (fault) throw fault;',
    is: '',
    test: ['test/stream.test.ts', 'tells a fault after the results before it, and leaves nothing'],
  },
  {
    file: 'src/engine/stream-blocks.ts',
    was: 'if (failed) throw new Error(`stream: ${failed.message}`, { cause: failed });',
    is: '',
    test: ['test/stream.test.ts', 'tells a fault after the results before it, and leaves nothing'],
  },
  {
    file: 'src/engine/stream.ts',
    was: 'if (broken) throw broken.error;',
    is: '',
    test: ['test/stream.test.ts', 'tells a fault after the results before it, and leaves nothing'],
  },
  {
    file: 'src/engine/stream.ts',
    was: 'else if (!ended) await rows.return?.();',
    is: 'else if (ended) await rows.return?.();',
    test: ['test/stream.test.ts', 'tells a fault after the results before it, and leaves nothing'],
  },
  {
    file: 'src/engine/stream-blocks.ts',
    was: 'if (lostMessage) throw new Error(`stream: ${lostMessage}`);',
    is: '',
    test: ['test/stream.test.ts', 'tells a fault after the results before it, and leaves nothing'],
  },
  {
    file: 'src/engine/stream-blocks.ts',
    was: 'if (tensor !== slot.x && !tensors.includes(tensor)) tensor.destroy();',
    is: '',
    test: [
      'test/stream.test.ts',
      'gives the results in order, of any source and blocks of any size',
    ],
  },
  {
    file: 'src/engine/stream-blocks.ts',
    was: 'this.firstRow += x.shape[0]!;',
    is: '',
    test: [
      'test/stream.test.ts',
      'gives the results in order, of any source and blocks of any size',
    ],
  },
  {
    file: 'src/engine/stream-blocks.ts',
    was: 'this.operation(x, firstRow, slot.result)',
    is: 'this.operation(x, 0, slot.result)',
    test: [
      'test/stream.test.ts',
      'gives the results in order, of any source and blocks of any size',
    ],
  },
  {
    file: 'src/engine/stream-blocks.ts',
    was: 'this.free.push(slot);',
    is: '',
    test: ['test/stream.test.ts', 'asks for no more than is taken, in buffers that are used again'],
  },
  {
    file: 'src/engine/stream-blocks.ts',
    was: 'if (slot) this.discard(slot);',
    is: '',
    test: ['test/stream.test.ts', 'asks for no more than is taken, in buffers that are used again'],
  },
  {
    file: 'src/engine/stream.ts',
    was: 'pending.length < depth',
    is: 'pending.length < 2 * depth',
    test: ['test/stream.test.ts', 'asks for no more than is taken, in buffers that are used again'],
  },
  {
    file: 'src/engine/run-call.ts',
    was: 'new ScratchPool(runtime.createBuffer, false)',
    is: 'new ScratchPool(runtime.createBuffer)',
    test: [
      'test/kernels/run-call.test.ts',
      'scratch of recorded work outlives the call, however much it is',
    ],
  },
  {
    file: 'src/engine/run-call.ts',
    was: 'recordedScratch.set(owner, pool);',
    is: '',
    test: [
      'test/kernels/run-call.test.ts',
      'recorded work takes no scratch of another encoder, nor of what is submitted',
    ],
  },
  {
    file: 'src/engine/run-call.ts',
    was: 'recordedScratch.get(owner) ??',
    is: 'runtime.scratch ??',
    test: [
      'test/kernels/run-call.test.ts',
      'recorded work takes no scratch of another encoder, nor of what is submitted',
    ],
  },
  {
    file: 'src/engine/run-call.ts',
    was: 'program.recorded ||= recorded;',
    is: '',
    test: [
      'test/kernels/run-call.test.ts',
      'uniforms that are forgotten are freed, unless recorded commands may read them',
    ],
  },
  {
    file: 'src/engine/run-call.ts',
    was: 'elements += step.elements;',
    is: '',
    test: [
      'test/kernels/run-call.test.ts',
      'long work is cut into submissions, and each begins a pass of its own',
    ],
  },
  {
    file: 'src/engine/run-call.ts',
    was: '    endPass();\n    if (encoder) device',
    is: '    pass?.end();\n    if (encoder) device',
    test: [
      'test/kernels/run-call.test.ts',
      'long work is cut into submissions, and each begins a pass of its own',
    ],
  },
  {
    file: 'src/engine/runtime.ts',
    was: '${this.idOf(planner)} ${fingerprint',
    is: '${this.idOf(this)} ${fingerprint',
    test: [
      'test/kernels/run-call.test.ts',
      'two planners of equal tasks each have a program of their own',
    ],
  },
  {
    file: 'src/engine/run-call.ts',
    was: 'spare.unshift(...lent);',
    is: '',
    test: [
      'test/ops/linear-cross-entropy.test.ts',
      'scratch does not grow with the number of blocks',
    ],
  },
  {
    file: 'src/engine/runtime.ts',
    was: '`${this.idOf(planner)} ${fingerprint(task, named)}`',
    is: 'fingerprint(task, named)',
    test: [
      'test/kernels/run-call.test.ts',
      'two planners of equal tasks each have a program of their own',
    ],
  },
  {
    file: 'src/engine/runtime.ts',
    was: 'if (!recorded) uniforms?.destroy();',
    is: 'uniforms?.destroy();',
    test: [
      'test/kernels/run-call.test.ts',
      'uniforms that are forgotten are freed, unless recorded commands may read them',
    ],
  },
  {
    file: 'src/engine/runtime.ts',
    was: 'this.known = { ...this.known, tuned };\n    this.bound.clear();\n    this.programs.clear();',
    is: 'this.known = { ...this.known, tuned };\n    this.bound.clear();',
    test: [
      'test/kernels/run-call.test.ts',
      'uniforms that are forgotten are freed, unless recorded commands may read them',
    ],
  },
  {
    file: 'src/engine/runtime.ts',
    was: 'for (const buffer of buffers) key += `,${this.idOf(buffer)}`;',
    is: '',
    test: [
      'test/kernels/run-call.test.ts',
      'equal tasks on other buffers have one program, and bind groups of their own',
    ],
  },
  {
    file: 'src/engine/runtime.ts',
    was: 'if (this.ours.delete(buffer)) this.bytes -= descriptor.size;',
    is: 'this.bytes -= descriptor.size;',
    test: [
      'test/kernels/run-call.test.ts',
      'memory counts what is made and not destroyed, and the most of it',
    ],
  },
  {
    file: 'src/engine/runtime.ts',
    was: 'return validated && buffers.every((buffer) => this.ours.has(buffer));',
    is: 'return validated;',
    test: ['test/engine.test.ts', 'buffers of ours destroyed after calls on them went well'],
  },
  {
    file: 'src/engine/program.ts',
    was: 'for (const [start, params] of uniforms) words.set(params, start / 4);',
    is: 'uniforms.forEach(([, params], i) => words.set(params, (i * size) / uniforms.length / 4));',
    test: [
      'test/kernels/program.test.ts',
      'kernels with uniforms of different sizes in one plan each find their own',
    ],
  },
  {
    file: 'src/engine/program.ts',
    was: 'words.set(params, start / 4)',
    is: 'words.set(params, 0)',
    test: [
      'test/kernels/program.test.ts',
      'kernels with uniforms of different sizes in one plan each find their own',
    ],
  },
  {
    file: 'src/engine/program.ts',
    was: ',${buffer.usage}`',
    is: '`',
    test: [
      'test/kernels/program.test.ts',
      'tasks that differ in anything but which buffers they name have keys of their own',
    ],
  },
  {
    file: 'src/engine/program.ts',
    was: '${byteOffset},',
    is: '',
    test: [
      'test/kernels/program.test.ts',
      'tasks that differ in anything but which buffers they name have keys of their own',
    ],
  },
  {
    file: 'src/engine/program.ts',
    was: 'let at = buffers.indexOf(buffer);',
    is: 'let at = -1;',
    test: [
      'test/kernels/program.test.ts',
      'tasks that differ in anything but which buffers they name have keys of their own',
    ],
  },
  {
    file: 'src/tune/tuner.ts',
    was: 'times.indexOf(Math.min(...times))',
    is: 'times.indexOf(Math.max(...times))',
    test: [
      'test/kernels/tuner.test.ts',
      'the fastest is taken, and said by how much: split-per-workgroup 4096',
    ],
  },
  {
    file: 'src/tune/tuner.ts',
    was: 'choices[gain > MARGIN ? best : 0]!',
    is: 'choices[best]!',
    test: [
      'test/kernels/tuner.test.ts',
      "the table's own choice stays unless another is a tenth faster",
    ],
  },
  {
    file: 'src/tune/tuner.ts',
    was: 'times[c]! *= ms;',
    is: 'times[c]! += ms;',
    test: [
      'test/kernels/tuner.test.ts',
      'shapes of one bucket have the same say, however long they take',
    ],
  },
  {
    file: 'src/tune/tuner.ts',
    was: 'if (entry.warmUp > SLOWER * fastest + COMPILE_MS) continue;',
    is: '',
    test: [
      'test/kernels/tuner.test.ts',
      'who is far slower in the warm-up is not sampled again, and nothing is left',
    ],
  },
  {
    file: 'src/tune/tuner.ts',
    was: 'for (const { uniforms } of programs) uniforms?.destroy();',
    is: '',
    test: [
      'test/kernels/tuner.test.ts',
      'who is far slower in the warm-up is not sampled again, and nothing is left',
    ],
  },
  {
    file: 'src/gpu/lru.ts',
    was: 'this.entries.set(key, found);',
    is: '',
    test: ['test/gpu/lru.test.ts', 'the entry unused for longest goes first'],
  },
  {
    file: 'src/gpu/lru.ts',
    was: 'this.weight -= this.weigh(value);',
    is: '',
    test: [
      'test/gpu/lru.test.ts',
      'entries weigh what they say, and the newest stays whatever it weighs',
    ],
  },
  {
    file: 'src/gpu/scratch.ts',
    was: 'a && a.size <= b.size ? a : b',
    is: 'a && a.size < b.size ? a : b',
    test: [
      'test/gpu/scratch.test.ts',
      'a repeated call takes the same buffers in the same order, each the smallest that fits',
    ],
  },
  {
    file: 'src/gpu/scratch.ts',
    was: 'size >= bytes',
    is: 'size > bytes',
    test: [
      'test/gpu/scratch.test.ts',
      'a repeated call takes the same buffers in the same order, each the smallest that fits',
    ],
  },
  {
    file: 'src/gpu/scratch.ts',
    was: 'buffers.splice(buffers.indexOf(fit), 1);',
    is: 'void fit;',
    test: ['test/gpu/scratch.test.ts', 'what is taken is nobody else’s until it is released'],
  },
  {
    file: 'src/gpu/faults.ts',
    was: 'if (!error) this.pending.delete(fault);',
    is: '',
    test: [
      'test/gpu/faults.test.ts',
      'what failed is told once, the first of it, and what went well is forgotten',
    ],
  },
  {
    file: 'src/gpu/faults.ts',
    was: 'for (const fault of faults) this.pending.delete(fault);',
    is: '',
    test: [
      'test/gpu/faults.test.ts',
      'what failed is told once, the first of it, and what went well is forgotten',
    ],
  },
  {
    file: 'src/gpu/faults.ts',
    was: "making = ['validation', 'out-of-memory', 'internal']",
    is: "making = ['validation', 'internal']",
    test: [
      'test/gpu/faults.test.ts',
      'making is watched for every kind of error, doing for invalid commands alone',
    ],
  },
  {
    file: 'src/gpu/faults.ts',
    was: 'first ??= await promise',
    is: 'first = await promise',
    test: ['test/gpu/faults.test.ts', 'the first of several promises, in their order'],
  },
  {
    file: 'src/engine/tensor.ts',
    was: 'if (failed) throw failed;',
    is: '',
    test: ['test/engine.test.ts', 'out of memory'],
  },
  {
    file: 'src/engine/tensor.ts',
    was: 'if (this.owned) this.buffer.destroy();',
    is: 'this.buffer.destroy();',
    test: ['test/engine.test.ts', 'destroyed tensors, and using'],
  },
  {
    file: 'src/engine/tensor.ts',
    was: 'copyBufferToBuffer(this.buffer, offset, staging, 0, size)',
    is: 'copyBufferToBuffer(this.buffer, 0, staging, 0, size)',
    test: [
      'test/ops/sgd-step.test.ts',
      'weight, gradient and velocity at byte offsets of their own',
    ],
  },
  {
    file: 'src/gpu/half.ts',
    was: 'size >= 65520',
    is: 'size >= 131072',
    test: [
      'test/reference/convert.test.ts',
      'f16 on the host rounds once, from float64, ties to even',
    ],
  },
  {
    file: 'src/rows/plan.ts',
    was: 'Math.max(1, Math.min(byBinding, byScratch))',
    is: 'Math.max(1, byBinding)',
    test: [
      'test/kernels/plan.test.ts',
      'softmax nothing is bound or kept that is over the limit, and no dispatch takes too long',
    ],
  },
  {
    file: 'src/rows/plan.ts',
    was: 'floorTo(Math.floor(usable / perElement), chunk)',
    is: 'Math.floor(usable / perElement)',
    test: ['test/kernels/plan.test.ts', 'a long row is bound range by range, each from a chunk on'],
  },
  {
    file: 'src/rows/dispatch.ts',
    was: '((end - start) * lanes) / workgroupSize',
    is: '(end - start) / workgroupSize',
    test: [
      'test/kernels/plan.test.ts',
      'softmax each group of each phase is dispatched once, and by enough workgroups',
    ],
  },
  {
    file: 'src/rows/dispatch.ts',
    was: 'Math.floor(device.maxElements / perGroup)',
    is: 'groups',
    test: [
      'test/kernels/plan.test.ts',
      'softmax nothing is bound or kept that is over the limit, and no dispatch takes too long',
    ],
  },
  {
    file: 'src/map/flat.ts',
    was: 'params.offset_y! % 2 : 0;',
    is: '0 : 0;',
    test: [
      'test/kernels/plan.test.ts',
      'maps over elements cover each of them once, packed halves with the word they begin in',
    ],
  },
  {
    file: 'src/rows/dispatch.ts',
    was: 'row_start: block.firstRow +',
    is: 'row_start: 0 * block.firstRow +',
    test: [
      'test/kernels/plan.test.ts',
      'rows are taken in blocks that begin where the one before ends',
    ],
  },
  {
    file: 'src/rows/dispatch.ts',
    was: 'chunk_start: from / chunk,',
    is: 'chunk_start: 0,',
    test: ['test/kernels/plan.test.ts', 'a long row is bound range by range, each from a chunk on'],
  },
  {
    file: 'src/select/plan.ts',
    was: '      4 * picks,\n',
    is: '',
    test: [
      'test/kernels/select.test.ts',
      'nothing is bound or kept that is over the limit, and every group is dispatched once',
    ],
  },
  {
    file: 'src/select/plan.ts',
    was: 'rowMask ? 4 : 0',
    is: '0',
    test: [
      'test/kernels/select.test.ts',
      'nothing is bound or kept that is over the limit, and every group is dispatched once',
    ],
  },
  {
    file: 'src/select/plan.ts',
    was: 'const groups = this.rowsOf(start, end) * this.chunks;',
    is: 'const groups = this.rowsOf(start, end);',
    test: [
      'test/kernels/select.test.ts',
      'nothing is bound or kept that is over the limit, and every group is dispatched once',
    ],
  },
  {
    file: 'src/select/plan.ts',
    was: 'const MAX_TURNS = 60_000;',
    is: 'const MAX_TURNS = 70_000;',
    test: ['test/kernels/select.test.ts', 'rounds of 8388608 elements stay under 65 535 turns'],
  },
  {
    file: 'src/product/plan.ts',
    was: 'accumulate: Number(task.accumulate === true || l > 0)',
    is: 'accumulate: Number(task.accumulate === true)',
    test: [
      'test/kernels/product.test.ts',
      'on a cpu adapter every element of the result is written once by each range of depths',
    ],
  },
  {
    file: 'src/product/plan.ts',
    was: '[length, aStep],',
    is: '[1, aStep],',
    test: [
      'test/kernels/product.test.ts',
      'on a cpu adapter every element of the result is written once by each range of depths',
    ],
  },
  {
    file: 'src/product/plan.ts',
    was: 'parts > 1 ? Math.floor',
    is: 'parts > 1e9 ? Math.floor',
    test: [
      'test/kernels/product.test.ts',
      'on a gpu adapter parts take 8 MiB of scratch at most, and every dispatch stays within its limits',
    ],
  },
  {
    file: 'src/product/plan.ts',
    was: 'has_bias: Number(bias !== undefined && l === 0)',
    is: 'has_bias: Number(bias !== undefined)',
    test: [
      'test/kernels/product.test.ts',
      'on a cpu adapter a bias is added once, with the first range of depths',
    ],
  },
  {
    file: 'src/map/training-step.ts',
    was: '[region, at, n]',
    is: '[region, 0, n]',
    test: [
      'test/kernels/training.test.ts',
      'a step over the binding limit is taken in blocks, the same of each tensor',
    ],
  },
  {
    file: 'src/ops/linear-plan.ts',
    was: 'accumulate: n > 0',
    is: 'accumulate: true',
    test: ['test/ops/linear-cross-entropy.test.ts', 'outputs that hold values are written over'],
  },
  {
    file: 'src/ops/linear-plan.ts',
    was: 'accumulate: from > 0',
    is: 'accumulate: true',
    test: ['test/ops/linear-cross-entropy.test.ts', 'outputs that hold values are written over'],
  },
  {
    file: 'src/ops/linear-plan.ts',
    was: 'if (count === 0) this.takeGradients(0, 0, 0, layer.classes);',
    is: '',
    test: ['test/ops/linear-cross-entropy.test.ts', 'outputs that hold values are written over'],
  },
  {
    file: 'src/ops/linear-plan.ts',
    was: 'batch, picked, NO_CLASS',
    is: 'batch, picked, 0',
    test: [
      'test/ops/linear-cross-entropy.test.ts',
      'rows that are not there, no rows, a recorded call',
    ],
  },
  {
    file: 'src/ops/output.ts',
    was: 'if (input.region.buffer === out.buffer && !alike) moves = true;',
    is: '',
    test: [
      'test/ops/in-place.test.ts',
      'two results beside each other in one buffer, but not in one place',
    ],
  },
  {
    file: 'src/ops/common.ts',
    was: 'axis < -rank || axis >= rank',
    is: 'axis < -rank || axis > rank',
    test: [
      'test/ops/arguments.test.ts',
      'common: tensors, axis, scale, where to record and where to write',
    ],
  },
  {
    file: 'src/ops/targets.ts',
    was: 'isBelow(t, length)',
    is: 'isBelow(t, length + 1)',
    test: ['test/ops/arguments.test.ts', 'losses: targets and options of the losses'],
  },
  {
    file: 'src/engine/engine.ts',
    was: 'if (end > buffer.size)',
    is: 'if (end > buffer.size + 4)',
    test: ['test/ops/arguments.test.ts', 'making: tensor and wrap'],
  },
  {
    file: 'src/util/checks.ts',
    was: '(value as number) > high',
    is: '(value as number) > high + 1',
    test: ['test/ops/select.test.ts', 'refuses what does not fit'],
  },
  {
    file: 'src/rows/tiers.ts',
    was: 'length <= maxLength',
    is: 'length < maxLength',
    test: ['test/kernels/tuning.test.ts', 'the table: gpu, strided false, subgroups true'],
  },
  {
    file: 'src/gpu/kernel.ts',
    was: 'words[start + 4 * i + at] = value;',
    is: 'words[start + 2 * i + at] = value;',
    test: [
      'test/kernels/compose.test.ts',
      'uniforms an array after 3 scalars starts on 16 bytes, a vec4 an entry',
    ],
  },
];
