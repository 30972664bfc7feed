// @ts-check
/** @import { State } from './types' */
/**
 * The outbox: photos on their way to the server. A photo leaves it when the server has it on the
 * disk, or has said that it will never take it. Across a cut connection it is kept and sent again.
 */

import { Refusal, Unreachable, keepPhoto } from './api.js';
import { confirmed } from './confirm.js';
import { byId } from './element.js';
import { problem } from './notices.js';
import { say } from './words.js';

const AGAIN = 500; // ms at least between two tries

/**
 * @typedef {{ person: string, burst: string, picture: Blob, file: string, tried: boolean, done:
 *   (kept: boolean) => void }} Waiting
 */

const unsent = byId('unsent', HTMLElement);
const line = byId('unsent-line', HTMLElement);
const again = byId('send-again', HTMLButtonElement);
const discard = byId('discard', HTMLButtonElement);

/**
 * @param {() => Promise<void>} connected  resolves when the server answers again
 * @param {() => Promise<State | null>} fresh  the state, read anew
 */
export function createOutbox(connected, fresh) {
  /** @type {Waiting[]} */
  const queue = [];
  /** @type {Map<string, number>} how many of a burst were acknowledged */
  const acknowledged = new Map();
  let sending = false;
  let why = '';
  let revision = Infinity;

  function show() {
    unsent.dataset.count = String(queue.length);
    unsent.hidden = !why;
    again.hidden = discard.hidden = why === say('offline');
    const n = queue.length;
    line.textContent =
      why === say('offline') ? say('unsentWaits', { n }) : say('unsent', { n, why });
  }

  /**
   * Whether a photo whose answer was lost lies on the server's disk all the same.
   * @param {Waiting} photo
   */
  async function arrived({ person, burst, tried }) {
    if (!tried) return false;
    const state = await fresh();
    const kept = state?.people.find(({ name }) => name === person)?.photos ?? [];
    return kept.filter((photo) => photo.burst === burst).length > (acknowledged.get(burst) ?? 0);
  }

  /** @param {boolean} kept @param {number} [now] the revision of the state that shows it */
  function leave(kept, now = Infinity) {
    revision = now;
    const photo = /** @type {Waiting} */ (queue.shift());
    if (kept) acknowledged.set(photo.burst, 1 + (acknowledged.get(photo.burst) ?? 0));
    why = '';
    show();
    photo.done(kept);
  }

  async function send() {
    if (sending) return;
    sending = true;
    while (queue.length) {
      const photo = queue[0];
      try {
        if (await arrived(photo)) leave(true);
        else {
          photo.tried = true;
          const { person, burst, picture, file } = photo;
          leave(true, (await keepPhoto(person, burst, picture, file)).revision);
        }
      } catch (error) {
        if (error instanceof Unreachable) {
          why = say('offline');
          show();
          await new Promise((done) => setTimeout(done, AGAIN));
          await connected();
        } else if (error instanceof Refusal && error.status < 500) {
          problem(say('lost', { name: photo.person, why: error.message }));
          leave(false);
        } else {
          photo.tried = false; // the server said that it kept nothing
          why = /** @type {Error} */ (error).message;
          show();
          break; // until somebody presses “Send again”
        }
      }
    }
    sending = false;
  }

  again.onclick = () => send();
  discard.onclick = async () => {
    if (await confirmed(say('discardSure', { n: queue.length }), say('discard')))
      while (queue.length) leave(false);
  };
  addEventListener('beforeunload', (event) => {
    if (queue.length) event.preventDefault(); // the browser asks
  });

  show();
  return {
    /**
     * Keep a picture; true once the server has it on the disk.
     * @param {string} person
     * @param {string} burst
     * @param {Blob} picture
     * @param {string} [file] the name of an uploaded one
     * @returns {Promise<boolean>}
     */
    keep(person, burst, picture, file = '') {
      return new Promise((done) => {
        queue.push({ person, burst, picture, file, tried: false, done });
        show();
        send();
      });
    },
    /** The revision of the state that shows what left last; Infinity: it is to be read anew. */
    get revision() {
      return revision;
    },
  };
}
/** @typedef {ReturnType<typeof createOutbox>} Outbox */
