/** The page: finds the GPU, then shows it, and what softmax does on it. */
import { importPart } from '../bench/files';
import { requestDevice } from '../src/gpu/device';
import { byId } from './dom';
import { engineOn, type GetEngine } from './engine';
import { showGlance } from './glance/glance';
import { showHelp } from './glance/help';
import { tabOfHash } from './location';
import { startTabs, type Tab } from './tabs';

/** What is not looked at is not loaded: neither its module nor, until something needs it, the library. */
const tabsOn = (device: GPUDevice, getEngine: GetEngine): Tab[] => [
  { id: 'glance' },
  {
    id: 'benchmark',
    async mount(root) {
      const { mountBenchmark } = await importPart(() => import('./benchmark/benchmark'));
      mountBenchmark(root, device);
    },
  },
  {
    id: 'explore',
    async mount(root) {
      const [{ mountExplore }, engine] = await Promise.all([
        importPart(() => import('./explore/explore')),
        getEngine(),
      ]);
      mountExplore(root, engine);
    },
  },
  {
    id: 'verify',
    async mount() {
      const { mountVerify } = await importPart(() => import('./verify/verify'));
      mountVerify(device);
    },
  },
  {
    id: 'train',
    async mount(root) {
      const [{ mountTrain }, engine] = await Promise.all([
        importPart(() => import('./train/train')),
        getEngine(),
      ]);
      await mountTrain(root, engine);
    },
  },
  {
    id: 'ocr',
    async mount(root) {
      const { mountOcr } = await importPart(() => import('./ocr/ocr'));
      mountOcr(root);
    },
  },
  {
    id: 'write',
    async mount(root) {
      const [{ mountWrite }, engine] = await Promise.all([
        importPart(() => import('./write/write')),
        getEngine(),
      ]);
      mountWrite(root, engine);
    },
  },
];

try {
  const device = await requestDevice({});
  const getEngine = engineOn(device);
  showGlance(device, getEngine);
  startTabs(tabsOn(device, getEngine));
} catch (error) {
  showHelp(error);
  // Results of others can be looked at without a GPU.
  if (tabOfHash() === 'benchmark') {
    const { mountBenchmark } = await importPart(() => import('./benchmark/benchmark'));
    const section = byId('benchmark', HTMLElement);
    section.hidden = false;
    mountBenchmark(section, undefined);
  }
}
