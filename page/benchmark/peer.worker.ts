/**
 * One library of the comparison, with a device of its own. A worker is not under the page's content
 * security policy but under that of its own response: the page need not allow what peers need
 * (ONNX Runtime Web compiles WebAssembly).
 */
import { importPart } from '../../bench/files';
import { adopt, prepare, sample, samplePass } from '../../bench/peers/page';
import type { PeerModule } from '../../bench/peers/peer';
import { answerCalls } from '../remote';

const modules: Record<string, () => Promise<PeerModule>> = {
  'webgpu-softmax': () => import('../../bench/peers/ours'),
  'jax-js': () => import('../../bench/peers/jax'),
  'onnxruntime-web': () => import('../../bench/peers/onnx'),
  'tensorflow.js': () => import('../../bench/peers/tensorflow'),
};

/** Loads a library by name. */
export async function open(name: string): Promise<void> {
  adopt(await (await importPart(modules[name]!)).open());
}

answerCalls({ open, prepare, sample, samplePass });
