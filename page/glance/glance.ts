/** The page at a glance: what the browser says of the GPU that the library works on. */

import { commit, version } from 'virtual:build-facts';
import { isSoftware } from '../../src/gpu/device';
import { browserName, deviceName, reportAdapter } from '../adapter';
import { byId, create, showBanner } from '../dom';
import type { GetEngine } from '../engine';
import { formatCount } from '../numbers';
import { startTune } from './tune';

const shownLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupStorageSize',
] as const;

/** Fills the section; a banner says when no GPU is at work but the processor in its place. */
export function showGlance(device: GPUDevice, engine: GetEngine): void {
  const { adapterInfo: info } = device;
  const { features, limits } = device;
  const withheld = 'withheld by the browser';
  const sizes =
    info.subgroupMinSize === info.subgroupMaxSize
      ? `${info.subgroupMinSize}`
      : `${info.subgroupMinSize} to ${info.subgroupMaxSize}`;
  const software = isSoftware(info);
  const facts: [string, string][] = [
    ['Vendor', info.vendor || withheld],
    ['Architecture', info.architecture || withheld],
    ['Description', [info.device, info.description].filter(Boolean).join(', ') || withheld],
    ['Browser', browserName()],
    ['Kind', software ? 'software: the processor plays the GPU' : 'GPU'],
    [
      '16-bit floats',
      features.has('shader-f16') ? 'yes (shader-f16)' : 'no shader-f16: packed in 32 bits',
    ],
    ['Subgroups', features.has('subgroups') ? `yes, ${sizes} wide` : 'no'],
    [
      'Clock',
      features.has('timestamp-query')
        ? 'the GPU’s own (timestamp-query)'
        : 'the page’s (wall clock)',
    ],
    ['Library', `webgpu-softmax ${version}${commit ? `, commit ${commit.slice(0, 7)}` : ''}`],
  ];
  byId('device-heading', HTMLHeadingElement).textContent = deviceName(reportAdapter(device));
  byId('device-info', HTMLDivElement).replaceChildren(
    create('div', { class: 'card' }, list(facts)),
    create(
      'div',
      { class: 'card' },
      create('h3', {}, 'Limits'),
      list(shownLimits.map((name) => [name, formatLimit(name, limits[name])])),
      create('h3', {}, 'Features in use'),
      create(
        'ul',
        { class: 'chips' },
        ...[...features].sort().map((name) => create('li', {}, name)),
      ),
    ),
  );
  if (software) {
    showBanner(
      'note',
      'This is a software adapter: the processor plays the GPU. Results are as right as on a GPU; ' +
        'speed says nothing about one. If the machine has a GPU, look at chrome://gpu or about:support.',
    );
  }
  void device.lost.then(({ message }) => {
    showBanner('bad', `The browser took the GPU away: ${message} Reload the page to go on.`);
  });
  startTune(engine);
  for (const id of ['actions', 'tune']) byId(id, HTMLElement).hidden = false;
}

function list(facts: readonly (readonly [string, string])[]): HTMLDListElement {
  const pairs = facts.map(([term, text]) =>
    create('div', {}, create('dt', {}, term), create('dd', {}, text)),
  );
  return create('dl', {}, ...pairs);
}

/** Limits on sizes are bytes. */
function formatLimit(name: string, value: number): string {
  if (!name.endsWith('Size')) return formatCount(value);
  const unit = value >= 2 ** 30 ? 'GiB' : value >= 2 ** 20 ? 'MiB' : 'KiB';
  const amount = value / { GiB: 2 ** 30, MiB: 2 ** 20, KiB: 2 ** 10 }[unit];
  return `${amount.toLocaleString('en', { maximumFractionDigits: 2 })} ${unit}`;
}
