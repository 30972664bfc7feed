// @ts-check
/** Track: one face followed through a clip, as facelab/faces/track.py. */

import { intersectionOverUnion } from './box.js';
import { isCertain, mainFace } from './finder.js';

/** @typedef {import('./box.js').Face} Face */

export const NEAR = 0.3, MAX_MISSED = 5;
const KEEP = 0.5, SMOOTHING = 0.6;

const f32 = Math.fround;

/**
 * Follows the main face from frame to frame: sure faces start it, fainter ones keep it. What was
 * never surely a face is left for what surely is one.
 */
export class Track {
  /** @type {Face | null} */ #last = null;
  #missed = 0;
  #certain = false;

  /**
   * Return the face of the next frame, smoothed, or nothing.
   * @param {Face[]} candidates
   * @returns {Face | null}
   */
  follow(candidates) {
    const last = this.#last;
    let face = last && nearest(candidates, last);
    // it may be a print on a jumper
    if (face && !this.#certain && !isCertain(face) && candidates.some(isCertain)) face = null;
    if (last && face) {
      const smooth = face.map((x, i) => f32(last[i] + f32(f32(SMOOTHING) * f32(x - last[i]))));
      face = [...smooth.slice(0, 4), face[4]];
    }
    else {
      face = mainFace(candidates);
      if (face) this.#certain = false; // another face; one that is only missed stays what it was
    }
    if (face) {
      this.#last = face;
      this.#missed = 0;
      this.#certain ||= isCertain(face);
    } else if (++this.#missed > MAX_MISSED) this.#last = null;
    return face;
  }
}

/**
 * The candidate nearest to the last face, when one is near and sure enough.
 * @param {Face[]} candidates
 * @param {Face} last
 * @returns {Face | null}
 */
function nearest(candidates, last) {
  let best = null, most = 0;
  for (const face of candidates) {
    const near = face[4] >= KEEP ? intersectionOverUnion(face, last) : 0;
    if (near > most) [best, most] = [face, near];
  }
  return most >= NEAR ? best : null;
}
