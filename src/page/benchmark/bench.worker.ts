/** Measures and checks, with a device of its own, so that the page is never kept waiting. */
import { runShapes, runVariants, tuneTo } from '../../../bench/run';
import { answerCalls } from '../remote';

answerCalls({ runShapes, runVariants, tuneTo });
