// @ts-check
/** @import { Answer, Engine, Frame, Seen } from './types' */
/** @import { Camera } from './camera.js' */
/**
 * The watch: looks at every frame of the camera, one after the other. A job has each frame answered;
 * without one it is only described. The next frame is read when the one before is done with.
 */

import { Unreachable } from './api.js';

/**
 * @typedef {{ models: string[], follow: number, told: (answer: Answer, frame: Frame, seconds: number) => void,
 *   failed: (error: Error) => void }} Job
 */

/** Wait until the tab is seen. */
const seen = () =>
  document.hidden
    ? new Promise((done) => document.addEventListener('visibilitychange', done, { once: true }))
    : undefined;

/**
 * @param {Camera} camera
 * @param {() => Engine} engine
 * @param {() => Promise<void>} connected  resolves when the server answers again
 * @param {{read: (count: number) => void, described: (seen: Seen, frame: Frame, count: number) => void, failed: (error: Error) => void}} told
 */
export function createWatch(camera, engine, connected, told) {
  /** @type {Frame | null} */
  let latest = null;
  let count = 0;
  /** @type {Job | null} */
  let job = null;
  /** @type {((frame: Frame) => void)[]} */
  let waiting = [];

  /**
   * What the engine says of a frame, asked again for as long as the server is away.
   * @param {Frame} frame
   * @param {Job | null} mine
   */
  async function look(frame, mine) {
    for (;;) {
      try {
        if (!mine) return await engine().describe(frame);
        return await engine().answer(mine.models, frame, mine.follow);
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        await connected();
        if (mine !== job) return null;
      }
    }
  }

  async function run() {
    for (;;) {
      await seen();
      const frame = await camera.next();
      if (document.hidden) continue;
      latest = frame;
      const [mine, number, at] = [job, ++count, performance.now() / 1000];
      told.read(number);
      for (const done of waiting.splice(0)) done(frame);
      try {
        const answer = await look(frame, mine);
        if (!answer) continue;
        told.described(answer, frame, number);
        if (mine && mine === job) mine.told(/** @type {Answer} */ (answer), frame, at);
      } catch (error) {
        if (mine && mine === job) mine.failed(/** @type {Error} */ (error));
        told.failed(/** @type {Error} */ (error));
        await new Promise((done) => setTimeout(done, 1000)); // not the same line at every frame
      }
    }
  }

  run();
  return {
    /** Have every frame from now on answered; null: describe only. @param {Job | null} next */
    set job(next) {
      job = next;
    },
    get job() {
      return job;
    },
    get latest() {
      return latest;
    },
    /** How many frames were read. */
    get count() {
      return count;
    },
    /** The next frame that is read. @returns {Promise<Frame>} */
    next: () => new Promise((done) => waiting.push(done)),
    /** Nothing is before the camera any more. */
    forget() {
      latest = null;
    },
  };
}
/** @typedef {ReturnType<typeof createWatch>} Watch */
