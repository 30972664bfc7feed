// @ts-check
/** Boxes: left, top, right, bottom in pixels; a face is a box and a score from 0 to 1. */

/** @typedef {number[]} Face Five numbers: the box and the score. */

/** @param {number[]} box */
export const area = ([left, top, right, bottom]) => Math.max(right - left, 0) * Math.max(bottom - top, 0);

/** @param {number[]} a @param {number[]} b */
export function intersectionOverUnion(a, b) {
  const common = area([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]);
  return common / Math.max(area(a) + area(b) - common, 1e-9);
}
