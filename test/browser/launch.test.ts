import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeAdapter } from '../../bench/adapter';
import { launchBrowser } from './launch';

test.each(['connected', 'disconnected'])(
  'closing a %s browser leaves neither its process nor its profile',
  async (state) => {
    const launched = await launchBrowser({ engine: 'chromium' });
    const child = launched.browser.process()!;
    const profile = child.spawnargs.join('\n').match(/^--user-data-dir=(.+)$/m)![1]!;
    expect(existsSync(profile)).toBe(true);

    if (state === 'disconnected') await launched.browser.disconnect();
    await launched.close();
    expect(existsSync(profile)).toBe(false);
    expect(() => process.kill(child.pid!, 0)).toThrow('ESRCH');
  },
);

test('without WebGPU the error says so, and what to do', async () => {
  const launched = await launchBrowser({ engine: 'chromium' });
  try {
    // Not a secure context, so the page gets no navigator.gpu.
    const page = await launched.browser.newPage();
    await page.goto('data:text/html,');
    await expect(describeAdapter(page)).rejects.toThrow(
      /has no navigator\.gpu\. Nothing can be tested on the GPU without it:\n/,
    );
  } finally {
    await launched.close();
  }
});
