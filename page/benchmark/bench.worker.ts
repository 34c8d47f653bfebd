/** Measures, verifies and checks, with a device of its own, so that the page is never kept waiting. */
import { runShapes, runVariants, tuneTo, withEngine } from '../../bench/run';
import type { Case } from '../../conformance/cases';
import { runCases } from '../../conformance/run-cases';
import { answerCalls } from '../remote';

/** Runs cases of the tests, in the regimes they ask for. */
export const verifyCases = (cases: readonly Case[]) =>
  withEngine((engine) => runCases(engine, cases));

answerCalls({ runShapes, runVariants, tuneTo, verifyCases });
