/** The page: finds the GPU, then shows it, and what softmax does on it. */
import { createSoftmax } from '../index';
import { byId } from './dom';
import { showGlance } from './glance/glance';
import { showHelp } from './glance/help';
import { tabOfHash } from './location';
import { keepOffline } from './offline';
import { type Mount, startTabs, type Tab } from './tabs';

/** A tab whose module may not be there. */
const train = Object.values(import.meta.glob<{ mountTrain: Mount }>('./train.ts'))[0];

const tabs: readonly Tab[] = [
  { id: 'glance' },
  {
    id: 'benchmark',
    load: async () => (await import('./benchmark/benchmark')).mountBenchmark,
  },
  { id: 'explore', load: async () => (await import('./explore/explore')).mountExplore },
  { id: 'verify', load: async () => (await import('./verify/verify')).mountVerify },
  ...(train ? [{ id: 'train', load: async () => (await train()).mountTrain }] : []),
];

try {
  const sm = await createSoftmax();
  showGlance(sm);
  startTabs(tabs, sm);
} catch (error) {
  showHelp(error);
  // Results of others can be looked at without a GPU.
  if (tabOfHash() === 'benchmark') {
    const { mountBenchmark } = await import('./benchmark/benchmark');
    const section = byId('benchmark', HTMLElement);
    section.hidden = false;
    mountBenchmark(section, undefined);
  }
}
keepOffline();
