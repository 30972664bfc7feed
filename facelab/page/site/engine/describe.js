// @ts-check
/** From a frame to a vector, as facelab/faces/extractor.py: face, square, HOG. */

import { candidates, mainFace } from './finder.js';
import { greyOf, rint } from './grey.js';
import { SIDE, hog } from './hog.js';
import { cut } from './resize.js';

/** @typedef {import('./grey.js').Frame} Frame */
/** @typedef {import('./grey.js').Grey} Grey */
/** @typedef {import('./box.js').Face} Face */
/** @typedef {import('./network.js').Net} Net */

const f32 = Math.fround;

/**
 * What is seen in a frame: it in grey, and what may be faces, the surest first.
 * @param {Frame} frame
 * @param {Net} net
 * @returns {{grey: Grey, found: Face[]}}
 */
export function look(frame, net) {
  const grey = greyOf(frame);
  return { grey, found: candidates(grey, net) };
}

/**
 * The vector of a photo: that of its main face, or of the centre square where no face is.
 * @param {Frame} frame
 * @param {Net} net
 * @returns {Float32Array} 1,764 numbers
 */
export function describe(frame, net) {
  const { grey, found } = look(frame, net);
  return hog(square(grey, mainFace(found)));
}

/**
 * The square round a face, 64 x 64 levels; the centre square for none.
 * @param {Grey} grey
 * @param {Face | null} face
 */
export function square(grey, face) {
  const [left, top, right, bottom] = face ?? centre(grey);
  // whole pixels: then rounding alone moves no square, on any processor
  const side = Math.max(rint(f32(bottom - top)), 2);
  const corner = [f32(left + right), f32(top + bottom)].map((sum) => rint(f32(f32(sum / 2) - side / 2)));
  return cut(grey, corner[0], corner[1], side, SIDE).data;
}

/** @param {Grey} grey */
function centre({ width, height }) {
  const half = Math.min(width, height) / 2;
  return [width / 2 - half, height / 2 - half, width / 2 + half, height / 2 + half];
}
