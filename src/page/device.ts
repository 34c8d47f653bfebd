/** The section on the device: what the browser says of the GPU that the library works on. */
import { describeDevice } from '../gpu/device';
import type { Softmax } from '../index';
import { byId, create, showBanner } from './dom';
import { formatCount } from './numbers';

const shownLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupStorageSize',
] as const;

/** Fills the section; a banner says when no GPU is at work but the processor in its place. */
export function showDevice(sm: Softmax): void {
  const { adapterInfo: info, device } = sm;
  const { features, limits } = device;
  const withheld = 'withheld by the browser';
  const sizes =
    info.subgroupMinSize === info.subgroupMaxSize
      ? `${info.subgroupMinSize}`
      : `${info.subgroupMinSize} to ${info.subgroupMaxSize}`;
  const facts: [string, string][] = [
    ['Vendor', info.vendor || withheld],
    ['Architecture', info.architecture || withheld],
    ['Description', [info.device, info.description].filter(Boolean).join(', ') || withheld],
    ['Browser', browserName()],
    ['16-bit floats', features.has('shader-f16') ? 'yes (shader-f16)' : 'no shader-f16'],
    ['Subgroups', features.has('subgroups') ? `yes, ${sizes} wide` : 'no'],
    ['Features in use', [...features].sort().join(', ')],
  ];
  byId('device-info', HTMLDivElement).replaceChildren(
    create('div', { class: 'card' }, list(facts)),
    create(
      'details',
      { class: 'card' },
      create('summary', {}, 'Limits'),
      list(shownLimits.map((name) => [name, formatLimit(name, limits[name])])),
    ),
  );
  if (describeDevice(device, {}).adapter === 'cpu') {
    showBanner(
      'note',
      'This is a software adapter: the processor plays the GPU. Results are as right as on a GPU; ' +
        'speed says nothing about one. If the machine has a GPU, look at chrome://gpu or about:support.',
    );
  }
  void sm.lost.then(({ message }) => {
    showBanner('bad', `The browser took the GPU away: ${message} Reload the page to go on.`);
  });
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

/** Name and version, and the system: 'Chromium 140, Linux'. */
function browserName(): string {
  const agent = navigator.userAgent;
  const found = browsers.flatMap(([name, pattern]) => {
    const version = pattern.exec(agent)?.[1];
    return version ? [`${name} ${version}`] : [];
  });
  const system = /Android|iPhone|iPad|Windows|Mac OS X|CrOS|Linux/.exec(agent)?.[0];
  return [found[0] ?? agent, system].filter(Boolean).join(', ');
}

/** In this order: Edge and Opera call themselves Chrome too, and Chrome Safari. */
const browsers: readonly [string, RegExp][] = [
  ['Edge', /Edg\w*\/([\d.]+)/],
  ['Opera', /OPR\/([\d.]+)/],
  ['Firefox', /Firefox\/([\d.]+)/],
  ['Chrome', /Chrome\/([\d.]+)/],
  ['Safari', /Version\/([\d.]+).* Safari/],
];
