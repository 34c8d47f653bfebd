/** Many lines read in one go: how well, how fast, and which share of the time softmax has. */
import { create, say } from '../dom';
import type { Remote } from '../remote';
import type { readLines } from './ocr.worker';
import { openReader } from './reader';
import { batchTable } from './views';

/** Adds the card with its button to the section. */
export function mountBatch(root: HTMLElement): void {
  const count = create('select', { id: 'ocr-count' });
  for (const lines of ['24', '216']) count.append(create('option', { value: lines }, lines));
  const run = create('button', { type: 'button', id: 'ocr-run' }, 'Read them');
  const cancel = create('button', { type: 'button', id: 'ocr-cancel', hidden: '' }, 'Cancel');
  const bar = create('progress', { 'aria-label': 'Lines read', value: '0', max: '1' });
  const status = create('p', { id: 'ocr-batch-status', role: 'status' });
  const table = create('div');
  root.append(
    create(
      'div',
      { class: 'card' },
      create('h3', {}, 'A batch of lines'),
      create(
        'div',
        { class: 'toolbar' },
        create('label', { for: count.id }, 'Lines'),
        count,
        run,
        cancel,
        bar,
      ),
      status,
      table,
    ),
  );
  let reader: Remote;
  let cancelled = false;

  run.addEventListener('click', async () => {
    setRunning(true);
    cancelled = false;
    say(status, 'Loading the recogniser …');
    table.replaceChildren();
    reader = openReader();
    try {
      const lines = Number(count.value);
      const batch = await reader.call<typeof readLines>('readLines', [lines], (step, done, of) => {
        say(status, `${step} …`);
        bar.value = done / of;
      });
      table.replaceChildren(batchTable(batch));
      const { different } = batch;
      if (different.length === 0) say(status, '✓ Both read the same.');
      else {
        const lines = different.join('; ');
        say(status, `✗ ${different.length} lines are read differently: ${lines}`, 'bad');
      }
    } catch (error) {
      if (cancelled) say(status, 'Cancelled.');
      else say(status, `✗ ${(error as Error).message}`, 'bad');
    } finally {
      reader.end();
      setRunning(false);
    }
  });
  cancel.addEventListener('click', () => {
    cancelled = true;
    reader.end();
  });

  function setRunning(running: boolean): void {
    run.hidden = count.disabled = running;
    cancel.hidden = !running;
    bar.value = 0;
    (running ? cancel : run).focus();
  }
}
