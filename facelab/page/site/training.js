// @ts-check
/** @import { Engine, Model, State } from './types' */
/** @import { Curves } from './curves.js' */
/** @import { Models } from './models.js' */
/** @import { Parameters_ } from './parameters.js' */
/** @import { Store } from './store.js' */
/** Training: started, watched, stopped. */

import { Unreachable, named } from './api.js';
import { byId } from './element.js';
import { problem, solved, tell } from './notices.js';
import { learnt } from './store.js';
import { loss as lossText, say, share } from './words.js';

const train = byId('train', HTMLButtonElement);
const stop = byId('stop', HTMLButtonElement);
const progress = byId('progress', HTMLElement);
const bar = byId('progress-bar', HTMLProgressElement);
const next = byId('train-next', HTMLElement);

const OWN = 'facelab training';

/**
 * @param {Store} store @param {Parameters_} parameters @param {Curves} curves @param {Models} models
 * @param {() => Engine} engine
 * @param {(id: string) => void} stopOnServer stop a training that this page has not in hand
 */
export function createTraining(store, parameters, curves, models, engine, stopOnServer) {
  let running = false;
  let stopping = false;
  let held = ''; // by which engine
  /**
   * This tab's training, which goes on without it after a reload or a cut; and the models before.
   */
  /** @type {[string, ...string[]]} */
  let [own, ...before] = JSON.parse(sessionStorage.getItem(OWN) ?? '[""]');

  /** @type {State | null} the state before a cut, which does not tell of the training yet */
  let stale = null;

  function show() {
    const { state } = store;
    if (!state) return;
    const people = learnt(state).length;
    train.disabled = running || people < 2 || !parameters.check();
    stop.disabled = stopping || !(running || orphaned(state));
    const hint =
      people < 2
        ? people
          ? 'nextTrainOne'
          : 'nextTrainNobody'
        : running
          ? 'nextTraining'
          : 'nextTrain';
    next.textContent = say(hint);
    if (own && !running && state !== stale) follow(state);
  }

  /**
   * Whether this tab's training runs on the server while nobody here holds it.
   * @param {State} state
   */
  const orphaned = (state) => state.trainings.some(({ id }) => id === own);

  /** Look after a training that goes on without this tab. @param {State} state */
  function follow(state) {
    if (orphaned(state)) {
      shown('training', say('goesOn'), Number(progress.dataset.updates));
      return;
    }
    const made = state.models.find(({ id }) => !before.includes(id));
    const id = own;
    forgetOwn();
    if (!made) {
      shown('failed', say('trainingLost'), 0);
      return problem(say('trainingLost'), 'training');
    }
    curves.end(id, made.id);
    curves.drop(made.id); // the server has all points
    models.trained(id, made.id);
    shown(made.interrupted ? 'interrupted' : 'done', end(made), made.updates);
    tell(end(made));
  }

  function forgetOwn() {
    own = '';
    stopping = false;
    sessionStorage.removeItem(OWN);
  }

  /** @param {string} state @param {string} text @param {number} n */
  function shown(state, text, n) {
    progress.dataset.state = state;
    progress.dataset.updates = String(n);
    progress.textContent = text;
    bar.hidden = state !== 'training';
  }

  /** How a training has ended. @param {Model} model */
  const end = ({ name, updates, total, interrupted, loss, accuracy }) =>
    interrupted
      ? say('interrupted', { name, updates, total })
      : say('trained', { name, updates, loss: lossText(loss), accuracy: share(accuracy) });

  train.onclick = async () => {
    if (running || !store.state || !parameters.check()) return;
    const mine = engine();
    held = mine.name;
    const id = `t${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
    const lesson = { id, parameters: parameters.settings(), seed: parameters.seed };
    const total = parameters.total;
    const start = performance.now();
    let n = 0;
    let shownAt = -Infinity;
    [running, stopping, own] = [true, false, id];
    before = store.state.models.map((model) => model.id);
    if (mine.name === 'computer') sessionStorage.setItem(OWN, JSON.stringify([id, ...before]));
    else addEventListener('beforeunload', ask);
    solved('training');
    curves.begin(id, learnt(store.state).length, total);
    models.training({ id, name: say('training') });
    shown('training', say('starting'), 0);
    bar.max = total;
    bar.value = 0;
    show();
    stop.focus();
    try {
      const learned = await mine.learn(
        lesson,
        (from, loss, accuracy) => {
          curves.put(id, from, loss, accuracy);
          n = from + loss.length;
          const now = performance.now();
          if (now - shownAt > 200) {
            shownAt = now;
            bar.value = n;
            shown('training', stopping ? say('stopping') : told(n, total, (now - start) / 1000), n);
          } else progress.dataset.updates = String(n);
          return stopping;
        },
        (line) => shown('training', line, 0),
      );
      const model = named(learned);
      forgetOwn();
      models.trained(id, model.id);
      curves.end(id, model.id);
      await store.read(); // so that the model is in the list when the end is told
      shown(model.interrupted ? 'interrupted' : 'done', end(model), model.updates);
      tell(end(model));
    } catch (error) {
      curves.end(id);
      if (error instanceof Unreachable) {
        stale = store.state;
        models.training({ id, name: say('cut') });
        shown('failed', say('trainingCut', { n }), n);
      } else {
        forgetOwn();
        models.training(null);
        curves.drop(id);
        const line = /** @type {Error} */ (error).message;
        shown('failed', line, n);
        problem(line, 'training');
      }
    }
    removeEventListener('beforeunload', ask);
    running = false;
    show();
    if (document.activeElement === stop || document.activeElement === document.body) train.focus();
  };

  /** A training in this browser ends with the page: the browser asks. @param {Event} event */
  const ask = (event) => event.preventDefault();

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
    if (held !== 'browser') stopOnServer(own);
    show();
  };

  shown('idle', '', 0);
  store.listen(show);
  return { show };
}
