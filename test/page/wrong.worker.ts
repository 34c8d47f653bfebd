/** The benchmark's worker on a GPU that is wrong. */
import './wrong-gpu';
import '../../src/page/benchmark/bench.worker';
