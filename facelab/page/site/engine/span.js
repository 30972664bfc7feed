// @ts-check
/**
 * The span of the photos: a training by gradients never leaves it, and fewer numbers are its
 * coordinates. As `training.orthonormal_basis`, in double precision, by Householder's reflections.
 */

/**
 * @typedef {object} Span
 * @property {number} size K, how many coordinates there are
 * @property {Float32Array} coordinates those of the photos (N, K)
 * @property {(kernel: Float32Array, people: number) => Float32Array} project (D, C) to (K, C)
 * @property {(kernel: Float32Array, people: number) => Float32Array} lift (K, C) to (D, C)
 */

/**
 * Return the span of `photos` embeddings; the features themselves where it would be no smaller.
 * @param {Float32Array} embeddings (N, D)
 * @param {number} photos N
 * @param {() => Promise<void>} breathe called in long work, so that others get their turn
 * @returns {Promise<Span>}
 */
export async function spanOf(embeddings, photos, breathe) {
  const features = embeddings.length / photos;
  if (photos >= features) {
    const same = (/** @type {Float32Array} */ kernel) => kernel;
    return { size: features, coordinates: embeddings, project: same, lift: same };
  }
  const rows = Float64Array.from(embeddings), corners = new Float64Array(photos);
  const row = (/** @type {number} */ i) => rows.subarray(i * features, (i + 1) * features);
  for (let i = 0; i < photos; i++) {
    await breathe();
    corners[i] = makeReflector(row(i), i);
    for (let k = i + 1; k < photos; k++) reflect(row(k), row(i), i);
  }
  // X^T = Q R, with the reflectors, one after another, for Q: the coordinates are R^T
  const coordinates = new Float32Array(photos * photos);
  for (let i = 0; i < photos; i++) {
    coordinates.set(row(i).subarray(0, i), i * photos);
    coordinates[i * photos + i] = corners[i];
  }
  return {
    size: photos,
    coordinates,
    project: (kernel, people) =>
      byColumns(kernel, people, photos, (column) => {
        for (let i = 0; i < photos; i++) reflect(column, row(i), i);
        return column;
      }),
    lift: (kernel, people) =>
      byColumns(kernel, people, features, (column) => {
        const whole = new Float64Array(features);
        whole.set(column);
        for (let i = photos - 1; i >= 0; i--) reflect(whole, row(i), i);
        return whole;
      }),
  };
}

/**
 * Make of the numbers from `start` on a reflector of length 1, or 0, that mirrors them onto the
 * first of them; return what that becomes.
 * @param {Float64Array} x
 * @param {number} start
 */
function makeReflector(x, start) {
  const length = Math.sqrt(product(x, x, start));
  const corner = x[start] > 0 ? -length : length;
  x[start] -= corner;
  const own = Math.sqrt(product(x, x, start));
  for (let d = start; d < x.length; d++) x[d] = own > 0 ? x[d] / own : 0;
  return corner;
}

/** @param {Float64Array} x @param {Float64Array} reflector @param {number} start */
function reflect(x, reflector, start) {
  const twice = 2 * product(x, reflector, start);
  for (let d = start; d < x.length; d++) x[d] -= twice * reflector[d];
}

/** @param {Float64Array} a @param {Float64Array} b @param {number} start */
function product(a, b, start) {
  let even = 0, odd = 0, d = start;
  for (; d + 1 < a.length; d += 2) {
    even += a[d] * b[d];
    odd += a[d + 1] * b[d + 1];
  }
  return even + odd + (d < a.length ? a[d] * b[d] : 0);
}

/**
 * Change a matrix column by column.
 * @param {Float32Array} kernel (rows, people)
 * @param {number} people
 * @param {number} rows how many rows of the changed columns are kept
 * @param {(column: Float64Array) => Float64Array} change
 */
function byColumns(kernel, people, rows, change) {
  const changed = new Float32Array(rows * people);
  for (let c = 0; c < people; c++) {
    const column = change(Float64Array.from({ length: kernel.length / people }, (_, d) => kernel[d * people + c]));
    for (let d = 0; d < rows; d++) changed[d * people + c] = column[d];
  }
  return changed;
}
