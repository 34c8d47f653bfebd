// Says which adapter Dawn finds in this process.
import { create } from 'webgpu';

// Dawn ends the process if what create() returns is collected.
globalThis.gpu = create([]);
const adapter = await globalThis.gpu.requestAdapter();
console.log(
  adapter
    ? `${adapter.info.description}, subgroups of ${adapter.info.subgroupMinSize}`
    : 'no adapter',
);
