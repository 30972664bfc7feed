// @ts-check
/** From a vector to an answer: centring, one linear layer, softmax, as `Trained.predict`. */

/** @typedef {{mean: Float32Array, norm: number, kernel: Float32Array, bias: Float32Array}} Head */

/**
 * The mean of vectors.
 * @param {Float32Array[]} vectors
 */
export function meanOf(vectors) {
  const sum = new Float64Array(vectors[0].length);
  for (const vector of vectors) for (let d = 0; d < sum.length; d++) sum[d] += vector[d];
  return Float32Array.from(sum, (x) => x / vectors.length);
}

/**
 * A vector less the mean, scaled to the norm.
 * @param {Float32Array} vector
 * @param {Float32Array} mean
 * @param {number} norm
 */
export function centred(vector, mean, norm) {
  const placed = vector.map((x, d) => x - mean[d]);
  let square = 0;
  for (const x of placed) square += x * x;
  const scale = norm / Math.sqrt(Math.max(square, 1e-12));
  return placed.map((x) => x * scale);
}

/**
 * The probability of each person.
 * @param {Float32Array} vector
 * @param {Head} head
 */
export function answer(vector, { mean, norm, kernel, bias }) {
  const x = centred(vector, mean, norm), logits = Float64Array.from(bias), people = bias.length;
  for (let d = 0, k = 0; d < x.length; d++) for (let c = 0; c < people; c++, k++) logits[c] += x[d] * kernel[k];
  const most = logits.reduce((a, b) => Math.max(a, b));
  const odds = Array.from(logits, (logit) => Math.exp(logit - most)), total = odds.reduce((a, b) => a + b);
  return odds.map((one) => Math.fround(one / total));
}
