/** What the page shows where there is no WebGPU, or no adapter. */
import { byId, create } from '../dom';

const remedies: readonly [browser: string, ...steps: string[]][] = [
  [
    'Chrome, Edge and other Chromiums',
    'Use version 113 or later (Android: 121 or later).',
    'Settings, System: “Use graphics acceleration when available” must be on.',
    'chrome://gpu must say “WebGPU: Hardware accelerated”. If it does not, bring the graphics driver up to date.',
    'On Linux, or on a GPU that is blocked: switch on chrome://flags/#enable-unsafe-webgpu and #enable-vulkan.',
  ],
  [
    'Firefox',
    'Use version 141 or later on Windows, 147 or later on a Mac with Apple silicon.',
    'On Linux: set dom.webgpu.enabled to true in about:config, and where the GPU is blocked gfx.webgpu.ignore-blocklist too.',
    'about:support must list WebGPU as available.',
  ],
  [
    'Safari',
    'Use version 26 or later (macOS 26, iOS 26, iPadOS 26).',
    'Before that: Settings, Apps, Safari, Advanced, Feature Flags: switch WebGPU on.',
  ],
  [
    'Any of them',
    'The address must start with https:// or be localhost: browsers keep WebGPU from other pages.',
    'Remote desktops, virtual machines and private modes often have no GPU to give.',
  ],
];

/** Shows createEngine's own error with what to do about it, in place of everything else. */
export function showHelp(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const steps = remedies.map(([browser, ...items]) =>
    create(
      'article',
      { class: 'card' },
      create('h3', {}, browser),
      create('ul', {}, ...items.map((item) => create('li', {}, item))),
    ),
  );
  const help = byId('help', HTMLElement);
  help.replaceChildren(
    create('h2', { id: 'help-heading' }, 'No GPU to work on'),
    create('p', { class: 'banner bad', role: 'alert' }, message),
    create('p', {}, 'How to switch WebGPU on:'),
    create('div', { class: 'cards' }, ...steps),
  );
  help.hidden = false;
  byId('glance', HTMLElement).hidden = true;
  for (const link of document.querySelectorAll('nav')) link.hidden = true;
}
