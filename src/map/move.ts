import type { DeviceFacts } from '../gpu/adapter';
import { type Plan, planOf } from '../gpu/plan';
import { bytesOf } from '../gpu/region';
import type { ConvertTask } from './convert';

/** What moves elements to where they were asked for: a copy, or a conversion where the types differ. */
export function planMove(label: string, { from, to }: ConvertTask, device: DeviceFacts): Plan {
  if (to.dtype !== from.dtype) {
    return planOf(device.halves!.convert(label, device, [from, 0], [to, 0], to.count));
  }
  const offsets = [[from.byteOffset, to.byteOffset]] as const;
  const size = bytesOf(to.count, to.dtype);
  return planOf([{ kind: 'copies', from: from.buffer, to: to.buffer, size, offsets }]);
}
