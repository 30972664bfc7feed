// @ts-check
/** @import { Engine } from './types' */
/** @import { Curves } from './curves.js' */
/** @import { Models } from './models.js' */
/** @import { Parameters_ } from './parameters.js' */
/** @import { Store } from './store.js' */
/** Training: started, watched, stopped. */

import { Unreachable } from './api.js';
import { byId } from './element.js';
import { problem, solved, tell } from './notices.js';
import { learnt } from './store.js';
import { loss as lossText, say, share } from './words.js';

const train = byId('train', HTMLButtonElement);
const stop = byId('stop', HTMLButtonElement);
const progress = byId('progress', HTMLElement);
const bar = byId('progress-bar', HTMLProgressElement);
const next = byId('train-next', HTMLElement);

/**
 * @param {Store} store @param {Parameters_} parameters @param {Curves} curves @param {Models} models
 * @param {() => Engine} engine
 */
export function createTraining(store, parameters, curves, models, engine) {
  let running = false;
  let stopping = false;
  let lessons = 0;

  function show() {
    const { state } = store;
    if (!state) return;
    const people = learnt(state).length;
    train.disabled = running || people < 2 || !parameters.check();
    stop.disabled = !running || stopping;
    const hint = people < 2 ? (people ? 'nextTrainOne' : 'nextTrainNobody') : running ? 'nextTraining' : 'nextTrain';
    next.textContent = say(hint);
  }

  /** @param {string} state @param {string} text @param {number} n */
  function shown(state, text, n) {
    progress.dataset.state = state;
    progress.dataset.updates = String(n);
    progress.textContent = text;
    bar.hidden = state !== 'training';
  }

  train.onclick = async () => {
    if (running || !store.state || !parameters.check()) return;
    const [mine, lesson] = [engine(), { parameters: parameters.settings(), seed: parameters.seed }];
    const [id, total] = [`training ${++lessons}`, parameters.total];
    const start = performance.now();
    let n = 0;
    let shownAt = -Infinity;
    [running, stopping] = [true, false];
    solved('training');
    curves.begin(id, learnt(store.state).length, total);
    models.training({ id, name: say('training') });
    shown('training', say('starting'), 0);
    bar.max = total;
    bar.value = 0;
    show();
    stop.focus();
    try {
      const model = await mine.learn(lesson, (from, loss, accuracy) => {
        curves.put(id, from, loss, accuracy);
        n = from + loss.length;
        const now = performance.now();
        if (now - shownAt > 200) {
          shownAt = now;
          bar.value = n;
          shown('training', told(n, total, (now - start) / 1000), n);
        } else progress.dataset.updates = String(n);
        return stopping;
      }, (line) => shown('training', line, 0));
      models.trained(id, model);
      curves.end(id, model.id);
      const { name, updates } = model;
      const line = model.interrupted
        ? say('interrupted', { name, updates, total: model.total })
        : say('trained', { name, updates, loss: lossText(model.loss), accuracy: share(model.accuracy) });
      shown(model.interrupted ? 'interrupted' : 'done', line, updates);
      tell(line);
      await store.read();
    } catch (error) {
      curves.end(id);
      const cut = error instanceof Unreachable;
      const line = cut ? say('trainingCut', { n }) : /** @type {Error} */ (error).message;
      if (!cut) models.training(null);
      shown('failed', line, n);
      problem(line, 'training');
    }
    running = false;
    show();
    if (document.activeElement === stop || document.activeElement === document.body) train.focus();
  };

  /** @param {number} n @param {number} total @param {number} seconds */
  function told(n, total, seconds) {
    const parts = [say('progress', { n, total })];
    if (seconds > 0.5 && n) {
      parts.push(say('progressRate', { rate: n / seconds }));
      const left = ((total - n) * seconds) / n;
      parts.push(say('progressLeft', { seconds: Math.ceil(left) }));
    }
    return parts.join(' · ');
  }

  stop.onclick = () => {
    stopping = true;
    progress.textContent = say('stopping');
    show();
  };

  shown('idle', '', 0);
  store.listen(show);
  return { show };
}
