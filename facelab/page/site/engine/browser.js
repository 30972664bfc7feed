// @ts-check
/** The engine of this browser: faces, vectors and training in two workers, one of which learns. */

import { translated } from '../words.js';

/** @typedef {import('./grey.js').Frame} Frame */

/**
 * @typedef {object} Call
 * @property {(result: any) => void} done
 * @property {(error: Error) => void} failed
 * @property {(from: number, loss: Float32Array, accuracy: Float32Array) => boolean} tell
 * @property {(done: number, total: number) => void} describing
 */

/** How often a worker that has something to do is looked after, before it is given up. */
const TURNS = 10;

/**
 * @param {{silence?: number}} [options] `silence`: milliseconds without a word from a worker that has
 *   something to do, after which it is given up
 */
export function browser({ silence = 90_000 } = {}) {
  const looker = hired(silence), learner = hired(silence);
  const see = (/** @type {Frame} */ frame, /** @type {string[]} */ models, /** @type {number} */ follow) =>
    looker({ what: 'see', frame, models, follow });
  return {
    name: /** @type {const} */ ('browser'),

    /** Faces and defect of a frame. @param {Frame} frame */
    describe: (frame) => see(frame, [], 0),

    /**
     * Train, and resolve to the model that the server keeps. `tell` is told the points of every
     * chunk, none while photos are described, and answers whether to stop.
     * @param {{parameters: {learning_rate: number, epochs: number, batch_size: number}, seed: number}} asked
     * @param {Call['tell']} tell
     * @param {Call['describing']} [describing]
     * @returns {Promise<any>}
     */
    learn: ({ parameters, seed }, tell, describing) =>
      learner({ what: 'learn', asked: { parameters, seed } }, tell, describing),

    /**
     * Ask models about a frame.
     * @param {string[]} models their ids
     * @param {Frame} frame
     * @param {number | boolean} follow 0 for a frame of its own, else the number of the showing
     * @returns {Promise<{faces: number[][], remark: string, answers: Map<string, number[]>}>}
     */
    answer: (models, frame, follow) => see(frame, models, Number(follow)),
  };
}

/**
 * A worker that begins with its first task, and is replaced when it broke off.
 * @param {number} silence
 * @returns {(task: object, tell?: Call['tell'], describing?: Call['describing']) => Promise<any>}
 */
function hired(silence) {
  /** @type {Map<number, Call>} */ const calls = new Map();
  /** @type {Worker | null} */ let worker = null;
  let count = 0, quiet = 0, timer = 0;

  /** @param {string} why */
  function lost(why) {
    worker?.terminate();
    worker = null;
    clearInterval(timer);
    for (const { failed } of calls.values())
      failed(new Error(translated(`this browser's engine broke off (${why}); try again, or choose this computer`)));
    calls.clear();
  }

  function begin() {
    const begun = new Worker(new URL('worker.js', import.meta.url), { type: 'module' });
    timer = setInterval(watch, silence / TURNS);
    begun.onmessage = ({ data }) => {
      quiet = 0;
      const call = calls.get(data.id);
      if (!call) return;
      if (data.points) {
        const [from, loss, accuracy] = data.points;
        let stop = true; // also where the page breaks off
        try {
          stop = call.tell(from, loss, accuracy);
        } finally {
          begun.postMessage({ what: 'heard', id: data.id, stop });
        }
      } else if (data.described) call.describing(data.described[0], data.described[1]);
      else {
        calls.delete(data.id);
        if ('failed' in data) call.failed(new Error(translated(data.failed)));
        else call.done(data.done);
      }
    };
    begun.onerror = (event) => {
      event.preventDefault();
      lost(event.message || 'its files cannot be loaded');
    };
    return begun;
  }

  // counted in turns of a timer, which stand still when the computer sleeps
  function watch() {
    if (calls.size && ++quiet > TURNS) lost(`no sign of life for ${silence / 1000} seconds`);
  }

  return (task, tell = () => false, describing = () => {}) =>
    new Promise((done, failed) => {
      worker ??= begin();
      if (!calls.size) quiet = 0;
      const id = ++count;
      worker.postMessage({ id, ...task });
      calls.set(id, { done, failed, tell, describing });
    });
}
