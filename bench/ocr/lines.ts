/** The lines of text that the recogniser has to read back exactly. */
export const LINES: readonly string[] = [
  'The quick brown fox jumps over the lazy dog',
  'Order 40971: 3 of 12 items, 58% done (ok?)',
  'WebGPU and WGSL: One Row Per SubGroup',
  'Total $1,284.50 + 19% tax = $1,528.56',
  'https://example.net/softmax?rows=4096#top',
  'first.last+test@mail.example.com',
  '床前明月光，疑是地上霜，举头望明月',
  '浏览器里的图形处理器，每秒计算一百万行',
];
