// @ts-check
/** @import { Model, State } from './types' */
/** @import { Curves } from './curves.js' */
/** @import { Store } from './store.js' */
/** Models: every training that is kept, and which of them are drawn and asked. */

import { loadModel, modelAddress, removeModel } from './api.js';
import { confirmed } from './confirm.js';
import { swatch } from './curves.js';
import { byId, make } from './element.js';
import { problem, solved, tell } from './notices.js';
import { loss, plain, say, share } from './words.js';

const CHOSEN = 'facelab models';

const list = byId('models', HTMLElement);
const next = byId('models-next', HTMLElement);
const upload = byId('model-file', HTMLInputElement);

const ENGINES = { computer: 'byComputer', browser: 'byBrowser', file: 'byFile' };

/** What a model was trained with, in short. @param {Model} model */
export function recipe({ parameters, seed }) {
  const { learning_rate: rate, epochs, batch_size: batch } = parameters ?? {};
  const parts = [];
  if (rate !== undefined) parts.push(say('rate', { rate: plain(rate) }));
  if (epochs !== undefined) parts.push(say('epochs', { n: epochs }));
  if (batch !== undefined) parts.push(say('batch', { n: batch }));
  if (seed !== null && seed !== undefined) parts.push(say('seed', { n: seed }));
  return parts.join(' · ');
}

/**
 * @param {Store} store
 * @param {Curves} curves
 * @param {() => void} changed other models are chosen
 */
export function createModels(store, curves, changed) {
  /** @type {Set<string>} */
  const chosen = new Set(JSON.parse(sessionStorage.getItem(CHOSEN) ?? '[]'));
  /** @type {Map<string, number>} a look for each model, for as long as the page stands */
  const looks = new Map();
  /** @type {{id: string, name: string} | null} what is being trained */
  let training = null;
  let first = true;
  let rendered = '';

  /** The first look that no chosen model has. @param {string} id */
  function look(id) {
    const taken = new Set(
      [...looks]
        .filter(([other]) => other !== id && (chosen.has(other) || other === training?.id))
        .map(([, own]) => own),
    );
    const own = looks.get(id);
    if (own !== undefined && !taken.has(own)) return own;
    let free = 0;
    while (taken.has(free)) free++;
    looks.set(id, free);
    return free;
  }

  /** The chosen models, in the order of their training. @returns {Model[]} */
  const models = () => (store.state?.models ?? []).filter(({ id }) => chosen.has(id));

  function show() {
    const drawn = models().map((model) => ({
      id: model.id,
      name: model.name,
      look: look(model.id),
      model: /** @type {Model | null} */ (model),
    }));
    if (training) drawn.push({ ...training, look: look(training.id), model: null });
    curves.show(drawn);
  }

  /** @param {string} id @param {boolean} on */
  function choose(id, on) {
    if (on) chosen.add(id);
    else chosen.delete(id);
    keep();
    store.tell();
    changed();
  }
  const keep = () => sessionStorage.setItem(CHOSEN, JSON.stringify([...chosen]));

  /** @param {Model} model @param {State} state */
  function row(model, { fingerprint }) {
    const { id, name } = model;
    const box = make('input', { type: 'checkbox', checked: chosen.has(id), id: `use-${id}` });
    box.onchange = () => choose(id, box.checked);
    const label = make(
      'label',
      { htmlFor: box.id },
      make('b', { textContent: name }),
      ' ',
      swatch(look(id)),
    );
    label.classList.toggle('unused', !chosen.has(id));
    const facts = [
      recipe(model),
      say('learntFrom', { people: model.people.length, photos: model.photos }),
      model.interrupted
        ? say('updatesOf', { n: model.updates, total: model.total })
        : say('updatesMade', { n: model.updates }),
      say('madeBy', { engine: say(ENGINES[model.engine]) }),
    ];
    if (model.engine === 'file')
      facts.splice(0, 3, say('knows', { people: model.people.join(', ') }));
    const values = { loss: loss(model.loss), accuracy: share(model.accuracy) };
    const result = make('span', {
      className: 'result',
      textContent: model.updates ? say('result', values) : '',
    });
    const about = make(
      'div',
      { className: 'about' },
      make('span', { textContent: facts.filter(Boolean).join(' · ') }),
    );
    if (model.engine !== 'file' && model.fingerprint !== fingerprint)
      about.append(make('span', { className: 'changed', textContent: say('changed') }));
    if (!model.saved)
      about.append(make('span', { className: 'changed', textContent: say('unsaved') }));
    const acts = make('div', { className: 'acts' });
    if (model.updates)
      acts.append(
        make('a', {
          className: 'history',
          href: modelAddress(id, 'history.csv'),
          download: `${name} history.csv`,
          textContent: say('history'),
          aria: { label: say('historyOf', { name }) },
        }),
      );
    acts.append(
      make('a', {
        className: 'keras',
        href: modelAddress(id, 'model.keras'),
        download: `${name}.keras`,
        textContent: say('keras'),
        aria: { label: say('kerasOf', { name }) },
      }),
      make('button', {
        type: 'button',
        className: 'remove plain',
        textContent: say('remove'),
        aria: { label: say('removeModel', { name }) },
        onclick: () => remove(model),
      }),
    );
    return make('li', { data: { model: id } }, box, label, result, acts, about);
  }

  /** @param {Model} model */
  async function remove({ id, name }) {
    if (!(await confirmed(say('removeModelSure', { name }), say('remove')))) return;
    try {
      await removeModel(id);
      chosen.delete(id);
      keep();
      curves.drop(id);
      await store.read();
      tell(say('modelRemoved', { name }));
      changed();
    } catch (error) {
      problem(/** @type {Error} */ (error).message, 'model');
    }
  }

  upload.onchange = async () => {
    const [file] = upload.files ?? [];
    upload.value = '';
    if (!file) return;
    try {
      const model = await loadModel(file);
      solved('model');
      chosen.add(model.id);
      keep();
      await store.read();
      tell(say('modelLoaded', { name: model.name, people: model.people.join(', ') }));
      changed();
    } catch (error) {
      problem(/** @type {Error} */ (error).message, 'model');
    }
  };

  store.listen((state) => {
    const { models: all } = state;
    if (first && all.length && !all.some(({ id }) => chosen.has(id)))
      chosen.add(all[all.length - 1].id);
    first = false;
    const key = JSON.stringify([all, state.fingerprint, [...chosen], training]);
    if (key !== rendered) {
      rendered = key;
      const focus = document.activeElement?.closest('#models') ? document.activeElement : null;
      const place = focus ? [...list.querySelectorAll('input, a, button')].indexOf(focus) : -1;
      list.replaceChildren(...all.map((model) => row(model, state)));
      if (place >= 0)
        /** @type {HTMLElement | undefined} */ (
          list.querySelectorAll('input, a, button')[place]
        )?.focus();
    }
    next.textContent = all.length
      ? say(models().length ? 'nextCompare' : 'nextTick')
      : say(training ? 'nextTraining' : 'nextModels');
    show();
  });

  return {
    get chosen() {
      return models();
    },
    look,
    /**
     * A training begins, or (null) is none any more.
     * @param {{id: string, name: string} | null} now
     */
    training(now) {
      training = now;
      store.tell();
    },
    /**
     * A training has become a model: it is chosen, and looks as it did.
     * @param {string} id
     * @param {string} model
     */
    trained(id, model) {
      const own = looks.get(id);
      training = null;
      looks.delete(id);
      if (own !== undefined) looks.set(model, own);
      chosen.add(model);
      keep();
      changed();
    },
  };
}
/** @typedef {ReturnType<typeof createModels>} Models */
