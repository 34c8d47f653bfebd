/** What the browser says of itself and of the GPU, in the words of the benchmark's results. */
import { type AdapterReport, reportOf } from '../bench/adapter';

export const reportAdapter = ({ adapterInfo, features }: GPUDevice): AdapterReport =>
  reportOf(browserName(), adapterInfo, features);

/** A name for headings: the most that the browser tells. */
export function deviceName({
  vendor,
  architecture,
  device,
  description,
}: Pick<AdapterReport, 'vendor' | 'architecture' | 'device' | 'description'>): string {
  if (description) return description;
  return [vendor, architecture || device].filter(Boolean).join(' ') || 'A GPU without a name';
}

/** Name and version, and the system: 'Chromium 140, Linux'. */
export function browserName(): string {
  const agent = navigator.userAgent;
  const found = browsers.flatMap(([name, pattern]) => {
    const version = pattern.exec(agent)?.[1];
    // Zeros are all that browsers tell beyond the first number.
    return version ? [`${name} ${version.replace(/(\.0)+$/, '')}`] : [];
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
