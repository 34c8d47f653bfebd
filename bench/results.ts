/**
 * Everything a run of the benchmark found, on the page or on the command line: what its JSON file holds.
 * `results.schema.json` says the same to other programs.
 */
import type { AdapterReport } from './adapter';
import type { OpFailed, OpMeasured, ShapeResult } from './bench-shape';
import type { RegimeTime, VariantsResult } from './bench-variants';
import type { OcrBench } from './ocr/bench';
import type { Comparison } from './peers/outcome';
import type { SampleResult } from './sample/bench';
import { isUnsteady } from './spread';
import type { Training } from './train/report';

/** The planner's choice may take so many times as long as the fastest regime. */
export const MAX_BEHIND = 1.1;

/** What says that a file is one of ours, and how it is to be read. */
export const FORMAT = 'webgpu-softmax benchmark 1';

export interface Results {
  readonly format: typeof FORMAT;
  readonly date: string;
  /** Of the library. */
  readonly version: string;
  /** Of the sources; with ' and changes' where they differ from it; null outside of a repository. */
  readonly commit: string | null;
  readonly adapter: AdapterReport;
  readonly seconds: number;
  /** Whether the run was ended before all of it was done. */
  readonly cancelled: boolean;
  readonly ocr: OcrBench | null;
  readonly table: readonly ShapeResult[];
  /** Pairs of a small shape and a large one. */
  readonly growth: readonly (readonly ShapeResult[])[];
  /** Shapes in every regime that can take them. */
  readonly variants: readonly VariantsResult[];
  /** Other libraries beside this one. */
  readonly peers: readonly Comparison[];
  /** Of those libraries, by name. */
  readonly peerVersions: Readonly<Record<string, string>>;
  /** Training; null where it was not asked for. */
  readonly train: Training | null;
  /** What drawing the next token costs, by batch and vocabulary; of the command line only. */
  readonly sample: readonly SampleResult[];
  /** What went wrong, one line each. */
  readonly failures: readonly string[];
}

/** Operations that ran, with their shape. */
export const measuredOf = (
  table: readonly ShapeResult[],
): { readonly result: ShapeResult; readonly op: OpMeasured }[] =>
  table.flatMap((result) =>
    result.ops.filter(hasRun).map((op) => {
      return { result, op };
    }),
  );

export const hasRun = (op: OpMeasured | OpFailed): op is OpMeasured => 'check' in op;

/** How many timings of the table say too little, of how many. */
export function countUnsteady(table: readonly ShapeResult[]): [unsteady: number, of: number] {
  const all = measuredOf(table);
  return [all.filter(({ op }) => isUnsteady(op)).length, all.length];
}

/** Regimes whose results were held to the reference. */
export const checkedRegimes = (variants: readonly VariantsResult[]) =>
  variants.flatMap((result) =>
    result.regimes.flatMap((time) =>
      time.check
        ? [{ result, time: time as RegimeTime & Required<Pick<RegimeTime, 'check'>> }]
        : [],
    ),
  );
