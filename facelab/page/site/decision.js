// @ts-check
/**
 * The decision: who is before the camera, decided over a second of one face, as
 * facelab/camera/decision.py does it.
 */

import { intersectionOverUnion } from './engine/box.js';
import { MAX_MISSED, NEAR } from './engine/track.js';

const SECOND = 1; // seconds of a face's last frames over which is decided

/** @typedef {{ person: number, mean: number[] }} Decided */

/** Decides on the frames of one showing, in their order, for each of several models. */
export class Decision {
  #certain;
  /** @type {Map<string, [number, number[]][]>} model → seconds and probabilities of frames */
  #frames = new Map();
  /** @type {number[] | null} */
  #box = null;
  #missed = 0;

  /** @param {number} certain the probability from which on a name is certain enough */
  constructor(certain) {
    this.#certain = certain;
  }

  /**
   * Who is decided on at the next frame by each model, and the mean of its probabilities: a place
   * among its people, -1 for nobody, -2 for unsure.
   * @param {number} seconds
   * @param {Map<string, number[]>} answers the frame's probabilities, all 0 for nobody
   * @param {number[] | undefined} face its main face
   * @returns {Map<string, Decided>}
   */
  decide(seconds, answers, face) {
    // whether a face is seen is no model's own
    const seen = [...answers.values()].some((odds) => odds.some(Boolean));
    if (!seen) {
      if (++this.#missed > MAX_MISSED) this.#frames.clear();
      return new Map([...answers].map(([id, odds]) => [id, { person: -1, mean: odds }]));
    }
    if (face && this.#box && intersectionOverUnion(face, this.#box) < NEAR) this.#frames.clear();
    [this.#box, this.#missed] = [face ?? null, 0];
    return new Map([...answers].map(([id, odds]) => [id, this.#decided(id, seconds, odds)]));
  }

  /** @param {string} id @param {number} seconds @param {number[]} odds @returns {Decided} */
  #decided(id, seconds, odds) {
    const before = this.#frames.get(id) ?? [];
    const frames = before.filter(([then]) => then > seconds - SECOND);
    frames.push([seconds, odds]);
    this.#frames.set(id, frames);
    const mean = odds.map((_, place) =>
      Math.fround(frames.reduce((sum, [, one]) => sum + one[place], 0) / frames.length),
    );
    const most = Math.max(...mean);
    return { person: most >= Math.fround(this.#certain) ? mean.indexOf(most) : -2, mean };
  }
}
