/** The page: finds the GPU, then shows it, softmax on it, and whether it is right. */
import { createSoftmax } from '../index';
import { showDevice } from './device';
import { byId } from './dom';
import { startExplore } from './explore';
import { showHelp } from './help';
import { startTune } from './tune';
import { startVerify } from './verify';

try {
  const sm = await createSoftmax();
  showDevice(sm);
  startTune(sm);
  startExplore(sm);
  startVerify(sm);
  for (const id of ['tune', 'explore', 'verify']) byId(id, HTMLElement).hidden = false;
} catch (error) {
  showHelp(error);
}
