// @ts-check
/** The face finder, as facelab/faces/finder.py: a frame in grey becomes candidates for faces. */

import { area, intersectionOverUnion } from './box.js';
import { localContrast } from './contrast.js';
import { rint } from './grey.js';
import { propose, refine } from './network.js';
import { cut, scaled, framed } from './resize.js';

/** @typedef {import('./grey.js').Grey} Grey */
/** @typedef {import('./network.js').Net} Net */
/** @typedef {import('./box.js').Face} Face */

/** Score from which a face counts as found. */
export const THRESHOLD = 0.8;

/** Score from which a place surely shows a face. */
export const SURELY = 0.98;

/** Boxes that share more than this are one face. */
export const APART = 0.35;

const WIDTH = 128, HEIGHT = 96, CELL = 8, TYPICAL = [32, 40];
const COLUMNS = WIDTH / CELL, ROWS = HEIGHT / CELL;
const PROPOSED = 0.12, MOST = 8;
const CROP = 48, CONTEXT = 1.4, SMALL = CROP / CONTEXT;

const f32 = Math.fround;

/**
 * Return what may be faces, the surest first, at most eight; in single precision, as Python.
 * @param {Grey} grey
 * @param {Net} net
 * @returns {Face[]}
 */
export function candidates(grey, net) {
  const zoom = Math.min(WIDTH / grey.width, HEIGHT / grey.height);
  const width = Math.max(1, rint(grey.width * zoom)), height = Math.max(1, rint(grey.height * zoom));
  const corner = [(WIDTH - width) >> 1, (HEIGHT - height) >> 1];
  const picture = framed(scaled(grey, width, height), -corner[0], -corner[1], WIDTH, HEIGHT);
  const map = propose(localContrast(picture), WIDTH, HEIGHT, net);
  const found = peaks(map).map((face) => {
    const box = face.slice(0, 4).map((x, i) => f32(f32(x - corner[i % 2]) / f32(zoom)));
    const side = Math.max(rint((box[3] - box[1]) * CONTEXT), 2);
    const left = rint((box[0] + box[2] - side) / 2), top = rint((box[1] + box[3] - side) / 2);
    const answer = refine(localContrast(cut(grey, left, top, side, CROP)), CROP, net);
    const logit = Math.log(face[4] / (1 - face[4])) + answer[0];
    const isSmall = f32(box[3] - box[1]) * zoom < SMALL;
    return [...(isSmall ? corrected(box, answer.slice(1)) : box), 1 / (1 + Math.exp(-logit))];
  });
  return distinct(found).slice(0, MOST).map((face) => face.map(f32));
}

/**
 * Return the faces that are sure enough, the surest first.
 * @param {Face[]} found
 */
export const sure = (found) => found.filter((face) => face[4] >= f32(THRESHOLD));

/**
 * Return the main face, as `detection.main_faces`, or nothing: the largest of those that surely are
 * faces, without such the largest of the sure ones.
 * @param {Face[]} found
 * @returns {Face | null}
 */
export function mainFace(found) {
  const certain = found.filter(isCertain);
  let best = null;
  for (const face of certain.length ? certain : sure(found)) if (area(face) > (best ? area(best) : 0)) best = face;
  return best;
}

/**
 * Sort faces: those that surely are some first, of these and of the others the larger.
 * @param {Face[]} faces
 */
export const mainFirst = (faces) =>
  [...faces].sort((a, b) => Number(isCertain(b)) - Number(isCertain(a)) || area(b) - area(a));

/** @param {Face} face */
export const isCertain = (face) => face[4] >= f32(SURELY);

/** @param {Face[]} found */
function distinct(found) {
  /** @type {Face[]} */ const kept = [];
  for (const face of [...found].sort((a, b) => b[4] - a[4]))
    if (kept.every((other) => intersectionOverUnion(face, other) < APART)) kept.push(face);
  return kept;
}

/** @param {number[]} box @param {number[]} by @returns {number[]} */
function corrected(box, by) {
  const size = [f32(box[2] - box[0]), f32(box[3] - box[1])];
  const middle = size.map((length, i) => f32(f32(f32(box[i] + box[i + 2]) / 2) + f32(f32(by[i]) * length)));
  const half = size.map((length, i) => f32(f32(length * f32(Math.exp(f32(by[i + 2])))) / 2));
  return [middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1]].map(f32);
}

/**
 * Read boxes, in pixels of the network's picture, and scores off a map (12, 16, 5).
 * @param {Float64Array} map
 * @returns {Face[]}
 */
function peaks(map) {
  const scores = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => 1 / f32(1 + f32(Math.exp(-map[i * 5]))));
  /** @type {Face[]} */ const found = [];
  scores.forEach((score, i) => {
    if (score < f32(PROPOSED)) return;
    const near = around(Math.floor(i / COLUMNS), i % COLUMNS);
    if (near.every((j) => scores[j] <= score)) found.push([...boxOf(map, scores, score, near), score]);
  });
  return distinct(found);
}

/** @param {number} row @param {number} column */
function around(row, column) {
  const near = [];
  for (let r = Math.max(row - 1, 0); r < Math.min(row + 2, ROWS); r++)
    for (let c = Math.max(column - 1, 0); c < Math.min(column + 2, COLUMNS); c++) near.push(r * COLUMNS + c);
  return near;
}

/**
 * The mean box of the cells round a peak, weighted by their scores.
 * @param {Float64Array} map
 * @param {Float32Array} scores
 * @param {number} peak
 * @param {number[]} near
 */
function boxOf(map, scores, peak, near) {
  const weights = near.map((i) => (scores[i] > f32(f32(0.4) * peak) ? scores[i] : 0));
  const total = sum(weights), mean = [0, 0, 0, 0];
  near.forEach((i, k) => {
    const share = f32(weights[k] / total), told = [1, 2, 3, 4].map((part) => f32(map[i * 5 + part]));
    mean[0] += ((i % COLUMNS) + 0.5 + told[0]) * share;
    mean[1] += (Math.floor(i / COLUMNS) + 0.5 + told[1]) * share;
    mean[2] += told[2] * share;
    mean[3] += told[3] * share;
  });
  const [x, y] = [mean[0] * CELL, mean[1] * CELL];
  const [wide, high] = TYPICAL.map((typical, i) => (Math.exp(mean[2 + i]) * typical) / 2);
  return [x - wide, y - high, x + wide, y + high].map(f32);
}

/**
 * Add in single precision in NumPy's order, so that boxes are equal to the last bit but seldom.
 * @param {number[]} x
 */
function sum(x) {
  const add = (/** @type {number} */ a, /** @type {number} */ b) => f32(a + b);
  if (x.length < 8) return x.reduce(add, 0);
  const fours = add(add(add(x[0], x[1]), add(x[2], x[3])), add(add(x[4], x[5]), add(x[6], x[7])));
  return x.slice(8).reduce(add, fours);
}
