// @ts-check
/** Local contrast: grey less the mean around, in deviations around, as `network.local_contrast`. */

/** @typedef {import('./grey.js').Grey} Grey */

const NEIGHBOURHOOD = 25, FLOOR = 4;

/**
 * @param {Grey} grey
 * @returns {Float32Array} as many numbers, in single precision
 */
export function localContrast({ data, width, height }) {
  const contrast = Float32Array.from(data), mean = blur(contrast, width, height);
  for (let i = 0; i < contrast.length; i++) contrast[i] -= mean[i];
  const variance = blur(contrast.map((x) => x * x), width, height);
  for (let i = 0; i < contrast.length; i++) contrast[i] /= Math.fround(Math.sqrt(Math.max(variance[i], 0))) + FLOOR;
  return contrast;
}

/**
 * Mean over the square around each pixel; the edges are drawn out.
 * @param {Float32Array} x
 * @param {number} width
 * @param {number} height
 */
function blur(x, width, height) {
  const sums = new Float64Array(x.length), means = new Float32Array(x.length);
  for (let row = 0; row < height; row++) slide(x, sums, row * width, 1, width, 1);
  for (let column = 0; column < width; column++) slide(sums, means, column, width, height, 1 / NEIGHBOURHOOD ** 2);
  return means;
}

/**
 * Sum over the neighbours on a line of `count` numbers, `step` apart.
 * @param {Float32Array | Float64Array} from
 * @param {Float32Array | Float64Array} to
 * @param {number} start
 * @param {number} step
 * @param {number} count
 * @param {number} scale
 */
function slide(from, to, start, step, count, scale) {
  const edge = NEIGHBOURHOOD >> 1, last = start + (count - 1) * step;
  let sum = from[start] * (edge + 1);
  for (let i = 1; i <= edge; i++) sum += from[Math.min(start + i * step, last)];
  for (let p = start; p <= last; p += step) {
    to[p] = sum * scale;
    sum += from[Math.min(p + (edge + 1) * step, last)] - from[Math.max(p - edge * step, start)];
  }
}
