import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findChrome, findFirefox, type Machine, thisMachine } from './find';

const embedded = {
  executablePath: '/embedded/chromium',
  env: { LD_LIBRARY_PATH: '/embedded/lib' },
};

/** A machine that holds the given executables and nothing else. */
function machine({
  programs = {},
  cached = [],
  env = {},
  ...rest
}: {
  /** What each executable prints when asked for its version; an Error if it does not start. */
  programs?: Record<string, string | Error>;
  cached?: string[];
} & Partial<Machine> = {}): Machine {
  return {
    platform: 'linux',
    arch: 'x64',
    home: '/home/u',
    env: { PATH: '/usr/local/bin:/usr/bin', ...env },
    isExecutable: (path) => path in programs,
    async askVersion(path) {
      const answer = programs[path];
      if (answer instanceof Error) throw answer;
      return answer!;
    },
    cachedChromes: async () => cached,
    unpackEmbedded: async () => {
      throw new Error('not installed');
    },
    ...rest,
  };
}

const everywhere = {
  programs: {
    '/mine/chrome': 'Google Chrome 140.0.1',
    '/usr/bin/chromium': 'Chromium 150.0.1 built on Debian',
    '/cache/chrome': 'Google Chrome for Testing 151.0.1',
    '/embedded/chromium': 'HeadlessChrome 147.0.1',
  },
  cached: ['/cache/chrome'],
  unpackEmbedded: async () => embedded,
};

describe('findChrome', () => {
  test('looks in the environment, then for an installed one, then in the cache, then in the package', async () => {
    const programs: Record<string, string> = { ...everywhere.programs };
    const env: Record<string, string> = { CHROME_PATH: '/mine/chrome' };
    const find = () => findChrome(machine({ ...everywhere, programs, env }));

    expect(await find()).toEqual({
      executablePath: '/mine/chrome',
      source: 'environment',
      version: '140.0.1',
    });
    delete env.CHROME_PATH;
    expect(await find()).toEqual({
      executablePath: '/usr/bin/chromium',
      source: 'installed',
      version: '150.0.1',
    });
    delete programs['/usr/bin/chromium'];
    expect(await find()).toEqual({
      executablePath: '/cache/chrome',
      source: 'puppeteer cache',
      version: '151.0.1',
    });
    delete programs['/cache/chrome'];
    expect(await find()).toEqual({ ...embedded, source: 'embedded', version: '147.0.1' });
  });

  test('PUPPETEER_EXECUTABLE_PATH comes before CHROME_PATH', async () => {
    const env = { CHROME_PATH: '/usr/bin/chromium', PUPPETEER_EXECUTABLE_PATH: '/mine/chrome' };
    const found = await findChrome(machine({ ...everywhere, env }));
    expect(found.executablePath).toBe('/mine/chrome');
  });

  test.each(['PUPPETEER_EXECUTABLE_PATH', 'CHROME_PATH'])(
    'a %s that names no executable is an error, though there are others',
    async (variable) => {
      const env = { [variable]: '/gone/chrome' };
      await expect(findChrome(machine({ ...everywhere, env }))).rejects.toThrow(
        `${variable} is '/gone/chrome', which cannot be used: /gone/chrome: no executable file is there`,
      );
    },
  );

  test('an installed program that does not start, or has no WebGPU, is passed over', async () => {
    const programs = {
      ...everywhere.programs,
      '/usr/local/bin/google-chrome': new Error('command requires the chromium snap'),
      '/usr/local/bin/chromium': 'Chromium 112.0.9',
    };
    const found = await findChrome(machine({ ...everywhere, programs }));
    expect(found.executablePath).toBe('/usr/bin/chromium');
  });

  test('WEBGPU_SOFTMAX_BROWSER looks in one place only', async () => {
    const env = { CHROME_PATH: '/gone/chrome', WEBGPU_SOFTMAX_BROWSER: 'embedded' };
    expect((await findChrome(machine({ ...everywhere, env }))).source).toBe('embedded');

    const nowhere = findChrome(machine({ env: { WEBGPU_SOFTMAX_BROWSER: 'installed' } }));
    await expect(nowhere).rejects.toThrow(/Looked in:\n {2}- installed: .*\nAny one/);

    const unknown = findChrome(machine({ env: { WEBGPU_SOFTMAX_BROWSER: 'netscape' } }));
    await expect(unknown).rejects.toThrow(
      "WEBGPU_SOFTMAX_BROWSER: expected environment, installed, puppeteer cache, embedded, got 'netscape'",
    );
  });

  test('none found: the error lists every place, what was wrong there, and how to mend it', async () => {
    const programs = { '/usr/bin/chromium': new Error('libnss3.so: cannot open') };
    const error: Error = await findChrome(machine({ programs })).then(
      () => expect.unreachable(),
      (reason) => reason,
    );
    expect(error.message).toBe(`No Chrome or Chromium was found that runs. Looked in:
  - environment: PUPPETEER_EXECUTABLE_PATH, CHROME_PATH not set
  - installed: google-chrome, google-chrome-stable, chromium, chromium-browser, chrome on PATH; /opt/google/chrome/chrome, /usr/lib/chromium/chromium, /snap/bin/chromium
      /usr/bin/chromium: libnss3.so: cannot open
  - puppeteer cache: /home/u/.cache/puppeteer
  - embedded: npm package @sparticuz/chromium: not installed
Any one of these mends it:
  - install Chrome or Chromium (Debian and Ubuntu: apt-get install chromium)
  - fill puppeteer's cache: npx @puppeteer/browsers install chrome@stable --path /home/u/.cache/puppeteer
  - set PUPPETEER_EXECUTABLE_PATH to the path of a Chrome executable
  - on Linux x64: npm ci, with the development dependencies`);
  });

  test('PUPPETEER_CACHE_DIR moves the cache', async () => {
    const folders: string[] = [];
    const cachedChromes = async (folder: string) => {
      folders.push(folder);
      return ['/cache/chrome'];
    };
    const programs = { '/cache/chrome': 'Chrome 151.0.1' };
    await findChrome(
      machine({ programs, cachedChromes, env: { PUPPETEER_CACHE_DIR: '/elsewhere' } }),
    );
    expect(folders).toEqual(['/elsewhere']);
  });

  test('takes a whole Chrome from the cache before a headless shell, and the newest first', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'webgpu-softmax-cache-'));
    try {
      const installed = [
        'chrome-headless-shell/linux-152.0.1',
        'chrome/linux-99.0.1',
        'chrome/linux-150.0.1',
      ];
      for (const name of installed) await mkdir(join(folder, name), { recursive: true });
      expect(await thisMachine.cachedChromes(folder)).toEqual([
        join(folder, 'chrome/linux-150.0.1/chrome-linux64/chrome'),
        join(folder, 'chrome/linux-99.0.1/chrome-linux64/chrome'),
        join(
          folder,
          'chrome-headless-shell/linux-152.0.1/chrome-headless-shell-linux64/chrome-headless-shell',
        ),
      ]);
      expect(await thisMachine.cachedChromes(join(folder, 'none'))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('the package serves Linux on x64 only', async () => {
    const mac = machine({
      platform: 'darwin',
      arch: 'arm64',
      unpackEmbedded: async () => embedded,
    });
    await expect(findChrome(mac)).rejects.toThrow('is for linux x64; this is darwin arm64');
  });

  test('knows the usual places of macOS and Windows', async () => {
    const onMac = '/home/u/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    const mac = machine({ platform: 'darwin', programs: { [onMac]: 'Google Chrome 150.0.1' } });
    expect((await findChrome(mac)).executablePath).toBe(onMac);

    const onWindows = 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe';
    const windows = machine({
      platform: 'win32',
      env: { PATH: 'C:\\Windows;C:\\Tools', PROGRAMFILES: 'C:\\Program Files' },
      // Asking Chrome for its version opens a window there, so nobody may ask.
      programs: { [onWindows]: new Error('asked') },
    });
    expect(await findChrome(windows)).toEqual({ executablePath: onWindows, source: 'installed' });
  });
});

describe('findFirefox', () => {
  test('FIREFOX_PATH, then an installed one, then undefined', async () => {
    const programs = {
      '/mine/firefox': 'Mozilla Firefox 150.0',
      '/usr/bin/firefox-esr': 'Mozilla Firefox 153.7.0esr',
    };
    expect(
      await findFirefox(machine({ programs, env: { FIREFOX_PATH: '/mine/firefox' } })),
    ).toEqual({ executablePath: '/mine/firefox', source: 'environment', version: '150.0' });
    expect(await findFirefox(machine({ programs }))).toEqual({
      executablePath: '/usr/bin/firefox-esr',
      source: 'installed',
      version: '153.7.0',
    });
    expect(await findFirefox(machine())).toBeUndefined();
  });

  test('a Firefox without WebGPU is as good as none, and an error if asked for', async () => {
    const programs = { '/usr/bin/firefox-esr': 'Mozilla Firefox 140.12.0esr' };
    expect(await findFirefox(machine({ programs }))).toBeUndefined();
    const env = { FIREFOX_PATH: '/usr/bin/firefox-esr' };
    await expect(findFirefox(machine({ programs, env }))).rejects.toThrow(
      'version 140.12.0 has no WebGPU; 141 is the first with it',
    );
  });

  test('a FIREFOX_PATH that names no executable is an error', async () => {
    const env = { FIREFOX_PATH: '/gone/firefox' };
    const programs = { '/usr/bin/firefox': 'Mozilla Firefox 150.0' };
    await expect(findFirefox(machine({ programs, env }))).rejects.toThrow(
      "FIREFOX_PATH is '/gone/firefox', which cannot be used: no executable file is there",
    );
  });
});
