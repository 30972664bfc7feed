// @ts-check
/**
 * Training with TensorFlow.js: softmax regression by plain stochastic gradient descent, a point per
 * update, as facelab/learning/training.py.
 *
 * The axes are N photo, D feature, K coordinate in the photos' span, C person, U update, B place.
 */

import { spanOf } from './span.js';

/** @typedef {any} TensorFlow The file that is fetched brings no types. */

/**
 * @typedef {object} Lesson
 * @property {Float32Array} embeddings (N, D)
 * @property {number[]} labels (N,), numbers of people
 * @property {number} people C
 * @property {Float32Array} kernel (D, C), as it is at first; biases begin at 0
 * @property {Int32Array} order (U, B), the photos of each update, -1 for none
 * @property {number} batchSize B
 * @property {number} rate
 */

/**
 * What was learnt, with a point for every update made.
 * @typedef {{kernel: Float32Array, bias: Float32Array, loss: Float32Array, accuracy: Float32Array,
 *   learningRate: Float32Array}} Learnt
 */

/** @typedef {(from: number, loss: Float32Array, accuracy: Float32Array) => Promise<boolean>} Tell */

/** Milliseconds between two looks at whether to stop: shorter than anyone feels. */
const CHUNK = 10;

/** Most updates between them. */
const MOST = 2048;

/**
 * Train, and tell the points of every chunk of updates; `tell` returns whether to stop.
 * @param {TensorFlow} tf
 * @param {Lesson} lesson
 * @param {Tell} tell
 * @param {() => Promise<void>} breathe called in long work, so that others get their turn
 * @returns {Promise<Learnt>}
 */
export async function train(tf, lesson, tell, breathe) {
  const { labels, people, order, batchSize } = lesson;
  const span = await spanOf(lesson.embeddings, labels.length, breathe);
  const origin = span.project(lesson.kernel, people), width = span.size + 1;
  const photos = withOnes(span.coordinates, span.size), targets = oneHot(labels, people);
  const total = order.length / batchSize;
  const points = { loss: new Float32Array(total), accuracy: new Float32Array(total), learningRate: new Float32Array(total) };
  // the bias is the last row of the weights, and 1 the last coordinate of every photo
  const first = new Float32Array(width * people);
  first.set(origin);
  let weights = tf.tensor2d(first, [width, people]);
  for (let done = 0, count = 1, stop = false; done < total && !stop; ) {
    const began = performance.now(), from = done, end = Math.min(done + count, total);
    const batches = [], logits = [], biases = [biasOf(tf, weights)];
    for (; done < end; done++) {
      const batch = order.subarray(done * batchSize, (done + 1) * batchSize).filter((photo) => photo >= 0);
      const x = rowsOf(photos, batch, width), y = rowsOf(targets, batch, people);
      const [said, next] = update(tf, x, y, weights, lesson.rate);
      weights.dispose();
      weights = next;
      batches.push(batch);
      logits.push(said);
      biases.push(biasOf(tf, weights));
    }
    await record(tf, batches, logits, biases, labels, people, from, points);
    count = Math.max(1, Math.min(MOST, Math.floor((count * CHUNK) / (performance.now() - began))));
    stop = await tell(from, points.loss.slice(from, done), points.accuracy.slice(from, done));
    if (stop || done === total)
      for (const name of /** @type {const} */ (['loss', 'accuracy', 'learningRate'])) points[name] = points[name].slice(0, done);
  }
  const last = await weights.data();
  weights.dispose();
  const moved = last.slice(0, origin.length).map((/** @type {number} */ weight, /** @type {number} */ i) => weight - origin[i]);
  const kernel = span.lift(moved, people).map((weight, i) => weight + lesson.kernel[i]);
  return { kernel, bias: last.slice(origin.length), ...points };
}

/**
 * Make one update: return the batch's logits (B, C) and the weights after it (K + 1, C).
 * @param {TensorFlow} tf
 * @param {Float32Array} rows (B, K + 1)
 * @param {Float32Array} wanted (B, C)
 * @param {any} weights
 * @param {number} rate
 */
function update(tf, rows, wanted, weights, rate) {
  const [width, people] = weights.shape, size = wanted.length / people;
  return tf.tidy(() => {
    const x = tf.tensor2d(rows, [size, width]), y = tf.tensor2d(wanted, [size, people]);
    const logits = tf.matMul(x, weights);
    const step = tf.mul(tf.sub(tf.softmax(logits), y), rate / size);
    return [logits, tf.sub(weights, tf.matMul(x, step, true))];
  });
}

/** @param {TensorFlow} tf @param {any} weights */
const biasOf = (tf, weights) => tf.slice(weights, [weights.shape[0] - 1, 0], [1, weights.shape[1]]);

/**
 * Read back what a chunk of updates said, all at once: each update's loss in nats, its accuracy, and
 * the learning rate really used, that is how far the bias moved along its gradient.
 * @param {TensorFlow} tf
 * @param {Int32Array[]} batches photos of each update
 * @param {any[]} logits of each update, (B, C)
 * @param {any[]} biases (1, C) before the first and after each
 * @param {number[]} labels
 * @param {number} people
 * @param {number} from the first update
 * @param {{loss: Float32Array, accuracy: Float32Array, learningRate: Float32Array}} points
 */
async function record(tf, batches, logits, biases, labels, people, from, points) {
  const tensors = tf.tidy(() => {
    const all = tf.concat(logits);
    return [tf.logSoftmax(all), tf.argMax(all, 1), tf.concat(biases)];
  });
  const [logs, guesses, moved] = await Promise.all(tensors.map((/** @type {any} */ tensor) => tensor.data()));
  tf.dispose([tensors, logits, biases]);
  let row = 0;
  batches.forEach((batch, i) => {
    const gradient = new Float64Array(people);
    let loss = 0, right = 0;
    for (const photo of batch) {
      const label = labels[photo];
      loss -= logs[row * people + label];
      right += Number(guesses[row] === label);
      for (let c = 0; c < people; c++) gradient[c] += Math.exp(logs[row * people + c]) - Number(c === label);
      row++;
    }
    let along = 0, square = 0;
    for (let c = 0; c < people; c++) {
      const slope = gradient[c] / batch.length;
      along += (moved[i * people + c] - moved[(i + 1) * people + c]) * slope;
      square += slope * slope;
    }
    points.loss[from + i] = loss / batch.length;
    points.accuracy[from + i] = right / batch.length;
    points.learningRate[from + i] = square > 0 ? along / square : 0;
  });
}

/** @param {Float32Array} coordinates (N, K) @param {number} size K */
function withOnes(coordinates, size) {
  const photos = coordinates.length / size, rows = new Float32Array(photos * (size + 1)).fill(1);
  for (let n = 0; n < photos; n++) rows.set(coordinates.subarray(n * size, (n + 1) * size), n * (size + 1));
  return rows;
}

/** @param {number[]} labels @param {number} people */
function oneHot(labels, people) {
  const rows = new Float32Array(labels.length * people);
  labels.forEach((label, n) => (rows[n * people + label] = 1));
  return rows;
}

/** @param {Float32Array} table @param {Int32Array} batch @param {number} width */
function rowsOf(table, batch, width) {
  if (batch.length === 1) return table.subarray(batch[0] * width, (batch[0] + 1) * width);
  const rows = new Float32Array(batch.length * width);
  batch.forEach((n, i) => rows.set(table.subarray(n * width, (n + 1) * width), i * width));
  return rows;
}
