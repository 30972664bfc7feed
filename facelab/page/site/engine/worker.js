// @ts-check
/** The engine at work, in a worker. browser.js sends it messages, and hears from it. */

import { learn } from './lesson.js';
import { see } from './sight.js';

/** Milliseconds of work, after which others get their turn. */
const TURN = 10;

/** @typedef {{id: number} & (
 *   {what: 'see', frame: import('./grey.js').Frame, models: string[], follow: number} |
 *   {what: 'learn', asked: Parameters<typeof learn>[0]} |
 *   {what: 'heard', stop: boolean})} Message */

const say = /** @type {(message: unknown) => void} */ (postMessage);

/** What the page answered to the points it was told, by the id of the training. */
/** @type {Map<number, {stop: boolean, waiting: number, wake: () => void}>} */
const trainings = new Map();

/** One after another, so that frames are answered in the order in which they came. */
let queue = Promise.resolve();

onmessage = ({ data }) => {
  const message = /** @type {Message} */ (data);
  if (message.what === 'heard') heard(message.id, message.stop);
  else
    queue = queue.then(async () => {
      try {
        say({ id: message.id, done: await work(message) });
      } catch (error) {
        say({ id: message.id, failed: error instanceof Error ? error.message : String(error) });
      }
    });
};

/** @param {Exclude<Message, {what: 'heard'}>} message */
async function work(message) {
  if (message.what === 'see') return see(message.frame, message.models, message.follow);
  const { id, asked } = message;
  trainings.set(id, { stop: false, waiting: 0, wake: () => {} });
  try {
    return await learn(asked, (...points) => tell(id, points), (done, total) => say({ id, described: [done, total] }), breathe);
  } finally {
    trainings.delete(id);
  }
}

/**
 * Tell the page of points, at most two chunks ahead of what it has answered: then it draws in time,
 * and a stop is heard soon.
 * @param {number} id
 * @param {[number, Float32Array, Float32Array]} points
 */
async function tell(id, points) {
  const training = trainings.get(id);
  if (!training) return true;
  say({ id, points });
  training.waiting++;
  await pause();
  while (training.waiting > 2 && !training.stop) await new Promise((wake) => (training.wake = () => wake(null)));
  return training.stop;
}

/** @param {number} id @param {boolean} stop */
function heard(id, stop) {
  const training = trainings.get(id);
  if (!training) return;
  training.waiting--;
  training.stop ||= stop;
  training.wake();
}

let last = performance.now();

async function breathe() {
  if (performance.now() - last < TURN) return;
  await pause();
  last = performance.now();
}

/** Let messages in. A timer would take 4 ms. */
function pause() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(undefined);
    };
    port2.postMessage(null);
  });
}
