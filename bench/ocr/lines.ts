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

const WORDS =
  'after again below bright cloud dream early field garden handle island jacket kettle letter market number office paper quarter river silver table under valley window yellow zebra'.split(
    ' ',
  );
const IDIOMS = ['一心一意', '三言两语', '四面八方', '五光十色', '七上八下', '十全十美'];

/**
 * Short lines for a batch: words, numbers, capitals and some Chinese, the same ones every time.
 * Chinese has its own share, since only one of the fonts has it.
 */
export function batchLines(count: number): { text: string; chinese: boolean }[] {
  return Array.from({ length: count }, (_, i) => {
    const [word, other] = [WORDS[(7 * i) % WORDS.length]!, WORDS[(11 * i + 5) % WORDS.length]!];
    const lines = [
      `${word} ${other}`,
      `${word} ${(i * 7919) % 1000}`,
      `${word.toUpperCase()} ${other}`,
      `${(i * 104_729) % 100_000}`,
      `${other}-${word}`,
    ];
    const chinese = i % 9 === 8;
    return { text: chinese ? IDIOMS[i % IDIOMS.length]! : lines[i % lines.length]!, chinese };
  });
}
