/** The package as an adopter gets it: the tarball of `npm pack`, installed without a network. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const SOURCES = fileURLToPath(new URL('project', import.meta.url));

/** What is packed, but for what the build makes. */
const PACKED = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'docs'];

/** Through a shell: npm is a script of another name on Windows. */
function run(command: string, cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, { cwd, encoding: 'utf8', shell: true });
  if (status !== 0) throw new Error(`${command}: ${stdout}${stderr}`);
  return stdout;
}

export interface Installer {
  /** A project with these files of `project/`, by their names there, and the package; its folder. */
  install(name: string, files: Readonly<Record<string, string>>): string;
  remove(): void;
}

/** Builds and packs, in a folder of its own: test files run at the same time. */
export function packed(): Installer {
  const folder = mkdtempSync(join(tmpdir(), 'webgpu-softmax-package-'));
  const staged = join(folder, 'staged');
  for (const name of PACKED) cpSync(join(ROOT, name), join(staged, name), { recursive: true });
  run(`npx tsdown --logLevel error --out-dir "${join(staged, 'dist/lib')}"`, ROOT);
  const [{ filename }] = JSON.parse(run(`npm pack --json --pack-destination "${folder}"`, staged));
  return {
    install(name, files) {
      const project = join(folder, name);
      mkdirSync(project);
      writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
      for (const [to, from] of Object.entries(files)) {
        cpSync(join(SOURCES, from), join(project, to));
      }
      const options = '--offline --no-audit --no-fund --ignore-scripts';
      run(`npm install ${options} "${join(folder, filename)}"`, project);
      return project;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
