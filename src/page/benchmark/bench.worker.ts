/** Measures, verifies and checks, with a device of its own, so that the page is never kept waiting. */
import { runShapes, runVariants, tuneTo, withEngine } from '../../../bench/run';
import type { Case } from '../../../test/harness/cases';
import { runCases } from '../../../test/harness/run-cases';
import { answerCalls } from '../remote';

/** Runs cases of the tests, in the regimes they ask for. */
export const verifyCases = (cases: readonly Case[]) => withEngine((sm) => runCases(sm, cases));

answerCalls({ runShapes, runVariants, tuneTo, verifyCases });
