/** The benchmark's worker on a GPU that is wrong. */
import './wrong-gpu';
import '../../page/benchmark/bench.worker';
