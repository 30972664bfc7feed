// @ts-check
/** @import { Parameter, Settings, State } from './types' */
/** @import { Store } from './store.js' */
/** Parameters: the fields of a training, what they may be, and how many updates they lead to. */

import { byId } from './element.js';
import { learnt } from './store.js';
import { plain, say, typed } from './words.js';

/** @type {Record<string, HTMLInputElement>} */
const FIELDS = {
  learning_rate: byId('learning-rate', HTMLInputElement),
  epochs: byId('epochs', HTMLInputElement),
  batch_size: byId('batch-size', HTMLInputElement),
  seed: byId('seed', HTMLInputElement),
};
const updates = byId('updates', HTMLElement);

/** What a parameter may be, in words. @param {Parameter} parameter @param {number} high */
const allowed = ({ low, openLow }, high) =>
  say(openLow ? 'moreThan' : 'between', { low: plain(low), high: plain(high) });

/** @param {Store} store @param {() => void} changed */
export function createParameters(store, changed) {
  /** @param {State} state */
  const all = (state) => [...state.parameters, state.seed];

  /**
   * The largest value now: a batch holds at most all photos.
   * @param {Parameter} parameter
   * @param {State} state
   */
  function highest({ field, high }, state) {
    const photos = learnt(state).reduce((sum, { n }) => sum + n, 0);
    return field === 'batch_size' && photos ? Math.min(high, photos) : high;
  }

  /**
   * What is wrong with a field, in one line, or nothing.
   * @param {Parameter} parameter
   * @param {State} state
   */
  function wrong(parameter, state) {
    const { field, name, low, openLow, whole, meaning } = parameter;
    const text = FIELDS[field].value.trim();
    const value = typed(text);
    const high = highest(parameter, state);
    const sound =
      value <= high &&
      (openLow ? value > low : value >= low) &&
      !(whole && !Number.isInteger(value));
    if (sound) return '';
    const kind = say(whole ? 'wholeNumber' : 'number');
    return say('received', {
      name,
      value: text || say('empty'),
      kind,
      allowed: allowed(parameter, high),
      meaning,
    });
  }

  /** Say what is wrong beside each field, and how many updates there will be. */
  function check() {
    const { state } = store;
    if (!state) return false;
    let sound = true;
    for (const parameter of all(state)) {
      const field = FIELDS[parameter.field];
      const line = wrong(parameter, state);
      const note = byId(`${field.id}-note`, HTMLElement);
      const text = line || allowed(parameter, highest(parameter, state));
      if (note.textContent !== text) note.textContent = text;
      note.classList.toggle('wrong', Boolean(line));
      field.setAttribute('aria-invalid', String(Boolean(line)));
      sound &&= !line;
    }
    const plan = planned(state);
    updates.textContent = sound && plan.photos ? say('updates', { ...plan }) : '';
    return sound;
  }

  /** @returns {Settings} */
  const settings = () => ({
    learning_rate: typed(FIELDS.learning_rate.value),
    epochs: typed(FIELDS.epochs.value),
    batch_size: typed(FIELDS.batch_size.value),
  });

  /** The updates that the fields lead to. @param {State} state */
  function planned(state) {
    const { epochs, batch_size: batch } = settings();
    const photos = learnt(state).reduce((sum, { n }) => sum + n, 0);
    const perEpoch = Math.ceil(photos / batch);
    return { photos, batch, perEpoch, total: epochs * perEpoch };
  }

  for (const field of Object.values(FIELDS))
    field.oninput = () => {
      field.dataset.touched = '1';
      check();
      changed();
    };

  store.listen((state) => {
    for (const parameter of all(state)) {
      const field = FIELDS[parameter.field];
      if (field.dataset.touched) continue;
      const value = Math.min(parameter.default, highest(parameter, state)); // a small gallery, a small batch
      if (document.activeElement !== field) field.value = String(value);
    }
    check();
  });

  return {
    check,
    settings,
    get seed() {
      return typed(FIELDS.seed.value);
    },
    /** How many updates a training makes as things stand. */
    get total() {
      return store.state ? planned(store.state).total : 0;
    },
  };
}
/** @typedef {ReturnType<typeof createParameters>} Parameters_ */
