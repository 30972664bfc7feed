// @ts-check
/** HOG: a grey square of 64 x 64 becomes 1,764 numbers, as facelab/faces/hog.py. */

/** Side of the square that is described, in pixels. */
export const SIDE = 64;

/** Length of a vector. */
export const FEATURES = 1764;

const CELL = 8, CELLS = 8, BLOCKS = 7, ORIENTATIONS = 9, CUT = Math.fround(0.2), EPSILON = 1e-5;

const f32 = Math.fround;

/**
 * @param {Uint8Array} square 64 x 64 levels
 * @returns {Float32Array} 1,764 numbers
 */
export function hog(square) {
  const cells = cellsOf(square);
  const vector = new Float32Array(FEATURES), block = new Float64Array(4 * ORIENTATIONS);
  for (let i = 0, at = 0; i < BLOCKS; i++)
    for (let j = 0; j < BLOCKS; j++, at += block.length) {
      for (let corner = 0; corner < 4; corner++) {
        const cell = ((i + (corner >> 1)) * CELLS + j + (corner & 1)) * ORIENTATIONS;
        block.set(cells.subarray(cell, cell + ORIENTATIONS), corner * ORIENTATIONS);
      }
      toUnitLength(block);
      for (let k = 0; k < block.length; k++) block[k] = Math.min(block[k], CUT);
      toUnitLength(block);
      vector.set(block, at);
    }
  return vector;
}

/**
 * The mean strength of each orientation in each cell, (8, 8, 9).
 * @param {Uint8Array} square
 */
function cellsOf(square) {
  const sums = new Float64Array(CELLS * CELLS * ORIENTATIONS);
  for (let y = 0, p = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++, p++) {
      const down = y > 0 && y < SIDE - 1 ? square[p + SIDE] - square[p - SIDE] : 0;
      const across = x > 0 && x < SIDE - 1 ? square[p + 1] - square[p - 1] : 0;
      if (down === 0 && across === 0) continue;
      let angle = f32(Math.atan2(down, across));
      if (angle < 0) angle = f32(angle + f32(Math.PI));
      // upwards and downwards are one orientation: an angle of pi counts as 0
      const bin = Math.floor(f32(angle * f32(ORIENTATIONS / Math.PI))) % ORIENTATIONS;
      const cell = Math.floor(y / CELL) * CELLS + Math.floor(x / CELL);
      sums[cell * ORIENTATIONS + bin] += f32(Math.sqrt(down * down + across * across));
    }
  return Float32Array.from(sums, (sum) => sum / CELL ** 2);
}

/** @param {Float64Array} block */
function toUnitLength(block) {
  let square = 0;
  for (let k = 0; k < block.length; k++) square += block[k] * block[k];
  const length = Math.sqrt(square + EPSILON ** 2);
  for (let k = 0; k < block.length; k++) block[k] /= length;
}
