// @ts-check
/** Quality: what is wrong with a picture, in two or three words, as facelab/camera/quality.py. */

import { rint } from './grey.js';
import { resized } from './resize.js';

/** @typedef {import('./grey.js').Frame} Frame */
/** @typedef {import('./grey.js').Grey} Grey */
/** @typedef {import('./box.js').Face} Face */

const DARK = 32, BRIGHT = 0.5, WHITE = 250, SIDE = 64, BLUR = 1.3, PROBE = 1.5;

/**
 * Return the defect of a frame, or nothing.
 * @param {Frame} frame
 * @param {Frame | null} before the frame before it: a camera's noise never gives the same twice
 * @param {Face[]} faces the sure ones, the main one first
 * @returns {string}
 */
export function remark(frame, before, faces) {
  if (before && isSame(frame, before)) return 'frozen';
  if (faces.length > 1) return 'several faces';
  const seen = faces.length ? faceOf(frame, faces[0]) : null;
  // of a face in grey, or of all colours
  const levels = seen ? seen.data : frame.rgba, count = seen ? levels.length : (levels.length / 4) * 3;
  let sum = 0, white = 0;
  for (let i = 0; i < levels.length; i++) {
    if (!seen && i % 4 === 3) continue;
    sum += levels[i];
    if (levels[i] >= WHITE) white++;
  }
  if (sum / count < DARK) return 'too dark';
  if (white / count > BRIGHT) return 'too bright';
  if (!seen) return 'no face';
  return blur(seen) > BLUR ? 'blurred' : '';
}

/** @param {Frame} a @param {Frame} b */
function isSame(a, b) {
  if (a.width !== b.width || a.height !== b.height) return false;
  for (let i = 0; i < a.rgba.length; i++) if (a.rgba[i] !== b.rgba[i]) return false;
  return true;
}

/**
 * The part of a face's box within the frame, in grey, at the size it is described in.
 * @param {Frame} frame
 * @param {Face} face
 * @returns {Grey}
 */
function faceOf(frame, face) {
  const [left, top, right, bottom] = face.map(rint);
  let x0 = Math.max(left, 0), x1 = Math.min(Math.max(right, 2), frame.width);
  let y0 = Math.max(top, 0), y1 = Math.min(Math.max(bottom, 2), frame.height);
  if (x0 >= x1 || y0 >= y1) [x0, y0, x1, y1] = [0, 0, frame.width, frame.height];
  const width = x1 - x0, height = y1 - y0, zoom = SIDE / Math.max(bottom - top, 1);
  const size = [Math.max(1, rint(width * zoom)), Math.max(1, rint(height * zoom))];
  // scaled in colour and then made grey, as there: the other way round may differ by a level
  const [red, green, blue] = [0, 1, 2].map((colour) => {
    const data = new Uint8Array(width * height);
    for (let y = 0, at = 0; y < height; y++) {
      let p = ((y0 + y) * frame.width + x0) * 4 + colour;
      for (let x = 0; x < width; x++, p += 4) data[at++] = frame.rgba[p];
    }
    return resized({ data, width, height }, size[0], size[1], zoom < 1).data;
  });
  const data = red.map((r, i) => (9798 * r + 19235 * green[i] + 3735 * blue[i] + 16384) >> 15);
  return { data, width: size[0], height: size[1] };
}

/**
 * How blurred a picture is: a standard deviation in pixels, were it one edge.
 * @param {Grey} grey
 */
function blur({ data, width, height }) {
  const picture = Float32Array.from(data);
  const before = energy(picture, width, height), after = energy(blurred(picture, width, height), width, height);
  const ratio = Math.min(after / Math.max(before, 1e-9), 1);
  return (PROBE * ratio) / Math.sqrt(Math.max(1 - ratio ** 2, 1e-9));
}

/** @param {Float32Array} x @param {number} width @param {number} height */
function energy(x, width, height) {
  let sum = 0;
  for (let p = 0; p < x.length; p++) {
    if (p % width) sum += (x[p] - x[p - 1]) ** 2;
    if (p >= width) sum += (x[p] - x[p - width]) ** 2;
  }
  return sum;
}

const REACH = 6; // of the kernel, in pixels: four standard deviations, as OpenCV has it
const KERNEL = (() => {
  const weights = Array.from({ length: 2 * REACH + 1 }, (_, i) => Math.exp(-((i - REACH) ** 2) / (2 * PROBE ** 2)));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
})();

/** @param {Float32Array} x @param {number} width @param {number} height */
function blurred(x, width, height) {
  const across = new Float32Array(x.length), both = new Float32Array(x.length);
  for (let row = 0; row < height; row++) weigh(x, across, row * width, 1, width);
  for (let column = 0; column < width; column++) weigh(across, both, column, width, height);
  return both;
}

/**
 * @param {Float32Array} from
 * @param {Float32Array} to
 * @param {number} start
 * @param {number} step
 * @param {number} count
 */
function weigh(from, to, start, step, count) {
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let k = -REACH; k <= REACH; k++) sum += KERNEL[k + REACH] * from[start + mirrored(i + k, count) * step];
    to[start + i * step] = sum;
  }
}

/**
 * A place beyond an end, mirrored there: -1 is 1.
 * @param {number} place
 * @param {number} count
 */
function mirrored(place, count) {
  if (count === 1) return 0;
  while (place < 0 || place >= count) place = place < 0 ? -place : 2 * (count - 1) - place;
  return place;
}
