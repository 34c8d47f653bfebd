/** The arguments of `npm run bench:compilers`. */
import { readFileSync } from 'node:fs';
import { cac } from 'cac';
import { type Chip, chips } from '../../compilers/chips';
import { type Engine, engines } from '../../compilers/engines';
import { flag, oneOf, text, UsageError } from '../arguments';
import { allCases, CASE_HELP, type CompiledCase, parseCase } from './cases';
import { type CompilerResults, FORMAT } from './results';

export interface CompilerArguments {
  readonly cases: readonly CompiledCase[];
  readonly chips: readonly Chip[];
  readonly engines: readonly Engine[];
  /** Where to write the results. */
  readonly json: string;
  /** Results to compare with. */
  readonly against: CompilerResults | undefined;
  /** Whether to write `docs/compilers.md`. */
  readonly docs: boolean;
}

/** Whether all of the table is run. */
export const isWhole = (args: CompilerArguments): boolean =>
  args.cases.length === allCases.length &&
  args.chips.length === chips.length &&
  args.engines.length === engines.length;

const chipNames = chips.map(({ name }) => name);
const engineNames = engines.map(({ name }) => name);
const JSON_FILE = 'results/compilers.json';

/**
 * Reads the arguments after the program's name.
 *
 * @returns undefined if they asked for help, which is printed then.
 * @throws UsageError for an unknown argument or a bad value.
 */
export function readCompilerArguments(argv: readonly string[]): CompilerArguments | undefined {
  const cli = cac('npm run bench:compilers --');
  let found: CompilerArguments | undefined;
  cli
    .command('', 'What GPU compilers make of the kernels, on chips that are not there')
    .option('--kernel <case>', `Only this call: ${CASE_HELP}`)
    .option('--chips <names>', `Only these chips, joined by commas: ${chipNames.join(', ')}`)
    .option('--engines <names>', `Only these engines, joined by commas: ${engineNames.join(', ')}`)
    .option('--against <file>', 'Print what differs from the results in this file')
    .option('--json <file>', `Write the results here; default ${JSON_FILE}`)
    .option('--docs', 'Write docs/compilers.md; takes the whole table')
    .action((options: Record<string, unknown>) => {
      const kernel = text('kernel', options, CASE_HELP);
      const against = text('against', options, 'a path');
      const docs = flag('docs', options);
      const args = {
        cases: kernel === undefined ? allCases : [parseCase(kernel)],
        chips: chosen('chips', options, chips),
        engines: chosen('engines', options, engines),
        json: text('json', options, 'a path') ?? JSON_FILE,
        against: against === undefined ? undefined : readResults(against),
        docs,
      };
      if (docs && !isWhole(args)) {
        throw new UsageError(
          '--docs takes the whole table: leave out --kernel, --chips, --engines',
        );
      }
      found = args;
    });
  cli.help();
  try {
    cli.parse(['node', 'bench:compilers', ...argv]);
  } catch (error) {
    if ((error as Error).name !== 'CACError') throw error;
    throw new UsageError(`${(error as Error).message}; --help lists what there is`);
  }
  return found;
}

function chosen<T extends { readonly name: string }>(
  option: string,
  options: Record<string, unknown>,
  all: readonly T[],
): readonly T[] {
  const names = all.map(({ name }) => name);
  const given = text(option, options, names.join(', '))?.split(',');
  const wanted = given?.map((name) => oneOf(`--${option}`, name.trim(), names));
  return all.filter(({ name }) => wanted?.includes(name) ?? true);
}

function readResults(path: string): CompilerResults {
  const refuse = (got: string) =>
    new UsageError(`--against: expected a file of this command's results, got ${got}`);
  let results: CompilerResults;
  try {
    results = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw refuse(`'${path}': ${(error as Error).message}`);
  }
  if (results?.format !== FORMAT) throw refuse(`'${path}', whose format is not '${FORMAT}'`);
  return results;
}
