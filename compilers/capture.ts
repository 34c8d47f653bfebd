/** What a driver says of a pipeline that it has compiled, as the layer writes it down. */
import { readFile, rm } from 'node:fs/promises';

export interface Capture {
  /** Lanes of a subgroup. */
  readonly subgroup: number;
  readonly statistics: Readonly<Record<string, number>>;
  /** Texts by name, the machine code among them. */
  readonly representations: Readonly<Record<string, string>>;
}

/** Reads a file of the layer, and removes it. */
export async function takeCapture(path: string): Promise<Capture> {
  const bytes = await readFile(path);
  await rm(path);
  return parseCapture(bytes);
}

/** @throws Error if it is not what the layer writes. */
export function parseCapture(bytes: Buffer): Capture {
  let subgroup = 0;
  const statistics: Record<string, number> = {};
  const representations: Record<string, string> = {};
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\n', at);
    const line = bytes.toString('utf8', at, end);
    const [, kind, value, name] = /^(\w+) (\S+) ?(.*)$/.exec(line) ?? [];
    at = end + 1;
    if (kind === 'subgroup') subgroup = Number(value);
    else if (kind === 'statistic') statistics[name!] = Number(value);
    else if (kind === 'representation') {
      representations[name!] = bytes.toString('utf8', at, at + Number(value));
      at += Number(value) + 1;
    } else throw new Error(`a capture has the line '${line}'`);
  }
  return { subgroup, statistics, representations };
}
