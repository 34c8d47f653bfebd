/** Says which GPU adapter a page gets; the first thing that any run prints. */
import type { Page } from 'puppeteer';

/** What `navigator.gpu.requestAdapter()` says in the browser under test. */
export interface AdapterReport {
  browser: string;
  vendor: string;
  architecture: string;
  device: string;
  description: string;
  /** True for an adapter that the browser itself calls a software one. */
  fallback: boolean;
  subgroupMinSize: number;
  subgroupMaxSize: number;
  /** Sorted. */
  features: string[];
}

/** What an adapter or a device says of itself, beside the name of what runs it. */
export const reportOf = (
  browser: string,
  info: GPUAdapterInfo,
  features: Iterable<string>,
): AdapterReport => ({
  browser,
  vendor: info.vendor,
  architecture: info.architecture,
  device: info.device,
  description: info.description,
  fallback: info.isFallbackAdapter,
  subgroupMinSize: info.subgroupMinSize,
  subgroupMaxSize: info.subgroupMaxSize,
  features: [...features].sort(),
});

/**
 * Asks the page's browser for its adapter.
 *
 * @param page any page of a secure context, such as one of `serve()`.
 * @throws Error if the browser has no WebGPU or finds no adapter; the message says what to do.
 */
export async function describeAdapter(page: Page): Promise<AdapterReport> {
  const browser = await page.browser().version();
  const report = await page.evaluate(async () => {
    if (!navigator.gpu) return 'has no navigator.gpu';
    // Where drivers fail, Chrome may start its GPU process again and again and never answer.
    const patience = new Promise<string>((resolve) => {
      setTimeout(resolve, 60_000, 'no answer within a minute');
    });
    const adapter = await Promise.race([navigator.gpu.requestAdapter().catch(String), patience]);
    if (typeof adapter === 'string') return `gives no GPU adapter (${adapter})`;
    if (!adapter) return 'finds no GPU adapter';
    const { info } = adapter;
    return {
      vendor: info.vendor,
      architecture: info.architecture,
      device: info.device,
      description: info.description,
      fallback: info.isFallbackAdapter,
      subgroupMinSize: info.subgroupMinSize,
      subgroupMaxSize: info.subgroupMaxSize,
      features: [...adapter.features].sort(),
    };
  });
  if (typeof report === 'string') throw new Error(`${browser} ${report}. ${REMEDY}`);
  return { browser, ...report };
}

const REMEDY = `Nothing can be tested on the GPU without it:
  - Chrome: use version 113 or later; unset WEBGPU_SOFTMAX_ADAPTER for SwiftShader, its software adapter;
    on Linux x64, WEBGPU_SOFTMAX_BROWSER=embedded takes the Chromium that npm ci installed
  - Firefox: use version 141 or later; on Linux without a GPU it needs Mesa's lavapipe
    (Debian: apt-get install mesa-vulkan-drivers)`;

/** The report as lines for a terminal. */
export function formatAdapter(report: AdapterReport): string {
  const words = [report.vendor, report.architecture, report.device, report.description];
  const name = words.filter(Boolean).join(', ') || 'name withheld by the browser';
  return [
    `browser   ${report.browser}`,
    `adapter   ${name}${report.fallback ? ' (software)' : ''}`,
    `subgroups ${report.subgroupMinSize} to ${report.subgroupMaxSize} wide`,
    `features  ${report.features.join(', ')}`,
  ].join('\n');
}
