/** The tab where a softmax classifier learns on the visitor's GPU, watched while it does. */
import { loadImages } from '../../bench/train/images';
import { settings } from '../../bench/train/schedule';
import type { Engine } from '../../src/index';
import { create, say } from '../dom';
import { Curve } from './curves';
import { snapshotFromText, snapshotToText } from './file';
import { confusionTable, weightPictures, wrongPictures } from './pictures';
import { type Judgement, type Progress, TrainRun } from './run';

const WRONG_IMAGES = 24;
/** The slider's ends, as powers of ten. */
const [LEAST_RATE, MOST_RATE] = [-4, 0];

/** Fills the section; the images are loaded with it. */
export async function mountTrain(root: HTMLElement, engine: Engine): Promise<void> {
  const state = create('p', { role: 'status', 'data-field': 'state' }, 'Loading 12 000 images …');
  root.append(
    create('h2', { id: 'train-heading' }, 'Train'),
    create(
      'p',
      {},
      'Softmax regression on Fashion-MNIST, from zeros: logits x·Wᵀ + b, the gradient (p − y) ⊗ x and ' +
        'the step, all on your GPU.',
    ),
    state,
  );
  try {
    start(root, state, engine, await loadImages());
  } catch (error) {
    report(state, error);
  }
}

function report(state: HTMLElement, error: unknown): void {
  say(state, error instanceof Error ? error.message : String(error), 'bad');
}

function start(
  root: HTMLElement,
  state: HTMLElement,
  engine: Engine,
  images: Awaited<ReturnType<typeof loadImages>>,
): void {
  const button = (name: string, text: string) =>
    create('button', { type: 'button', 'data-action': name }, text);
  const toggle = button('toggle', 'Start');
  toggle.classList.add('primary');
  const again = button('restart', 'From zeros');
  const save = button('save', 'Save weights');
  const file = create('input', { type: 'file', accept: '.json', 'data-action': 'load' });
  const rate = create('input', {
    type: 'range',
    min: String(LEAST_RATE),
    max: String(MOST_RATE),
    step: '0.05',
    value: String(Math.log10(settings.learningRate)),
    'data-action': 'rate',
  });
  const rateValue = create('output', {});
  const facts = create('dl', { class: 'train-facts' });
  const fact = (name: string, title: string) => {
    const value = create('dd', { 'data-field': name }, '–');
    facts.append(create('div', {}, create('dt', {}, title), value));
    return value;
  };
  const shown = {
    step: fact('step', 'step'),
    epoch: fact('epoch', 'epoch'),
    loss: fact('loss', 'loss'),
    accuracy: fact('accuracy', 'test accuracy'),
    speed: fact('speed', 'images per second'),
  };
  const place = (title: string, name: string) => {
    const content = create('div', { class: `train-${name}`, 'data-field': name });
    root.append(create('div', { class: 'card' }, create('h3', {}, title), content));
    return content;
  };
  const toolbar = create(
    'div',
    { class: 'toolbar' },
    toggle,
    again,
    save,
    create('label', {}, 'Load weights ', file),
    create('label', {}, 'Learning rate ', rate, ' ', rateValue),
  );
  root.append(toolbar, facts);
  const losses = new Curve(place('Loss of the batches', 'losses'), 'Loss', 'var(--negative)');
  const accuracies = new Curve(
    place('Test accuracy', 'accuracies'),
    'Test accuracy',
    'var(--positive)',
    [0, 1],
  );
  const weights = place('Weights of each class: for it in blue, against it in orange', 'weights');
  const confusion = place(
    'Test images by their class, and the one they are taken for',
    'confusion',
  );
  const wrong = place('Test images that are taken for something else', 'wrong');

  let step = 0;
  const progressed = (progress: Progress) => {
    step = progress.step;
    shown.step.textContent = String(step);
    shown.epoch.textContent = (step / progress.stepsPerEpoch).toFixed(1);
    shown.loss.textContent = progress.loss.toFixed(4);
    shown.speed.textContent = Math.round(progress.imagesPerSecond).toLocaleString('en');
    losses.add(step, progress.loss);
  };
  const judged = ({ snapshot, predictions, accuracy }: Judgement) => {
    step = snapshot.step;
    shown.step.textContent = String(step);
    shown.accuracy.textContent = `${(100 * accuracy).toFixed(2)} %`;
    accuracies.add(step, accuracy);
    weights.replaceChildren(...weightPictures(snapshot.weight));
    confusion.replaceChildren(confusionTable(images.test, predictions));
    wrong.replaceChildren(...wrongPictures(images.test, predictions, WRONG_IMAGES));
  };
  const setRunning = (running: boolean) => {
    toggle.textContent = running ? 'Pause' : step > 0 ? 'Resume' : 'Start';
    toggle.dataset.running = String(running);
    say(state, running ? 'Learning …' : 'Paused.');
  };
  const failed = (error: unknown) => {
    setRunning(false);
    report(state, error);
  };
  const run = new TrainRun(engine, images, { progressed, judged, failed });
  /** Does what a control asks for; what fails is shown. */
  const on = (element: HTMLElement, event: string, act: () => void | Promise<void>) =>
    element.addEventListener(event, () => {
      void Promise.resolve()
        .then(act)
        .catch((error: unknown) => report(state, error));
    });

  const setRate = () => {
    run.learningRate = 10 ** Number(rate.value);
    rateValue.value = run.learningRate.toPrecision(2);
  };
  const restart = async (from?: Parameters<TrainRun['restart']>[0]) => {
    await run.pause();
    losses.clear();
    accuracies.clear();
    await run.restart(from);
    setRunning(false);
  };
  on(rate, 'input', setRate);
  on(toggle, 'click', async () => {
    if (toggle.dataset.running === 'true') {
      await run.pause();
      setRunning(false);
    } else {
      setRunning(true);
      run.resume();
    }
  });
  on(again, 'click', () => restart());
  on(save, 'click', async () => {
    download(`weights-${step}.json`, snapshotToText(await run.save()));
  });
  on(file, 'change', async () => {
    const chosen = file.files?.[0];
    if (!chosen) return;
    const text = await chosen.text();
    // So that the same file can be chosen again.
    file.value = '';
    await restart(snapshotFromText(text));
  });
  setRate();
  setRunning(false);
  state.textContent = `${images.train.count.toLocaleString('en')} images to learn from, ${images.test.count.toLocaleString('en')} to be tried on.`;
}

/** Gives the visitor a file. */
function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  create('a', { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
