import { mountOcr } from '../../src/page/ocr';

/** Reads a typed line, then a picture of another at two temperatures, as a visitor would. */
export async function visit() {
  const root = document.createElement('section');
  document.body.append(root);
  mountOcr(root);
  const [text, file, temperature] = root.querySelectorAll('input');
  const status = root.querySelector('[role=status]')!;
  const until = async (isSo: () => boolean) => {
    while (!isSo()) {
      if (status.textContent!.startsWith('It failed')) throw new Error(status.textContent!);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const read = async () => {
    await until(() => /^\d+ steps/.test(status.textContent!));
    const rows = [...root.querySelectorAll('tr')].slice(1);
    const told = {
      text: root.querySelector('.ocr-text')!.textContent!,
      rows: rows.length,
      confidences: rows.map((row) => Number.parseFloat(row.cells[1]!.textContent!)),
    };
    return told;
  };
  text!.value = 'Total 42';
  root.querySelector('button')!.click();
  const typed = await read();

  const canvas = new OffscreenCanvas(300, 60);
  const context = canvas.getContext('2d')!;
  context.fillStyle = 'white';
  context.fillRect(0, 0, 300, 60);
  context.fillStyle = 'black';
  context.font = '42px bench-ocr-sans';
  context.fillText('Window 7', 8, 45);
  const transfer = new DataTransfer();
  transfer.items.add(new File([await canvas.convertToBlob()], 'line.png', { type: 'image/png' }));
  file!.files = transfer.files;
  status.textContent = '';
  file!.dispatchEvent(new Event('change'));
  const picture = await read();
  temperature!.value = '4';
  status.textContent = '';
  temperature!.dispatchEvent(new Event('input'));
  const warm = await read();
  root.remove();
  return { typed, picture, warm };
}
