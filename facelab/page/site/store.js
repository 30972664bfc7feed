// @ts-check
/** @import { State } from './types' */
/**
 * The state: what the server last told of gallery and models, and who wants to know when it
 * changes.
 */

import { readState } from './api.js';

/** @param {(error: Error) => void} failed */
export function createStore(failed) {
  /** @type {State | null} */
  let state = null;
  /** @type {((state: State) => void)[]} */
  const listeners = [];
  /** @type {Promise<void> | null} */
  let reading = null;
  let known = 0; // the revision that was read; 0: none, or the server may be another one since
  let wanted = 0;

  /**
   * Read the state. `revision`: the one that is needed; a state that is as new is not read again.
   * Calls while it is read lead to one more reading, unless this one brings what they need.
   * @param {number} [revision]
   * @returns {Promise<void>}
   */
  function read(revision = Infinity) {
    wanted = Math.max(wanted, revision);
    if (reading) return reading;
    if (known >= revision) return Promise.resolve();
    reading = (async () => {
      do {
        wanted = 0;
        try {
          state = await readState();
          known = state.revision;
        } catch (error) {
          known = 0;
          failed(/** @type {Error} */ (error));
          return;
        }
        for (const listener of listeners) listener(state);
      } while (wanted > known);
    })().finally(() => (reading = null));
    return reading;
  }

  return {
    read,
    /** @returns {State | null} */
    get state() {
      return state;
    },
    /**
     * Be told of the state now and whenever it changes.
     * @param {(state: State) => void} listener
     */
    listen(listener) {
      listeners.push(listener);
      if (state) listener(state);
    },
    /** Tell all again: something that is not of the server has changed. */
    tell() {
      if (state) for (const listener of listeners) listener(state);
    },
  };
}
/** @typedef {ReturnType<typeof createStore>} Store */

/** The set that is learnt from. */
export const LEARNT = 'gallery';

/** How many photos of a person, or of all, are learnt from. @param {State} state */
export const learnt = (state) =>
  state.people
    .map(({ name, photos }) => ({ name, n: photos.filter(({ set }) => set === LEARNT).length }))
    .filter(({ n }) => n > 0);
