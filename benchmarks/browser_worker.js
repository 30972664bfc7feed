// Trains in a worker of the browser, by a method that is named, and times itself.
import * as tf from '/tensorflow.js';
import { train } from '/site/engine/training.js';

const floats = async (path) => new Float32Array(await (await fetch(path)).arrayBuffer());
const ready = Promise.all([floats('/benchmark/x'), fetch('/benchmark/task').then((answer) => answer.json()), tf.setBackend('cpu')]);

/** An epoch's batches, photos in a new order. */
function* batches(photos, size) {
  const order = Array.from({ length: photos }, (_, i) => i);
  for (let i = photos - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  for (let start = 0; start < photos; start += size) yield order.slice(start, start + size);
}

const methods = {
  async trainOnBatch({ x, labels, people }, size, epochs) {
    const { model, xs, ys } = layers(x, labels, people), points = [];
    for (let epoch = 0; epoch < epochs; epoch++)
      for (const batch of batches(labels.length, size)) {
        const [bx, by] = tf.tidy(() => [xs.gather(tf.tensor1d(batch, 'int32')), ys.gather(tf.tensor1d(batch, 'int32'))]);
        points.push(await model.trainOnBatch(bx, by));
        tf.dispose([bx, by]);
      }
    return points.length;
  },

  async fit({ x, labels, people }, size, epochs) {
    const { model, xs, ys } = layers(x, labels, people), points = [];
    const onBatchEnd = (_, { loss, acc }) => void points.push([loss, acc]);
    await model.fit(xs, ys, { batchSize: size, epochs, yieldEvery: 'never', callbacks: { onBatchEnd } });
    return points.length;
  },

  async facelab({ x, labels, people }, size, epochs) {
    const features = x.length / labels.length, order = [];
    for (let epoch = 0; epoch < epochs; epoch++)
      for (const batch of batches(labels.length, size)) order.push(...batch, ...Array(size - batch.length).fill(-1));
    const kernel = Float32Array.from({ length: features * people }, () => 0.1 * (Math.random() - 0.5));
    const lesson = { embeddings: x, labels, people, kernel, order: Int32Array.from(order), batchSize: size, rate: 1 };
    const { loss, accuracy, learningRate } = await train(tf, lesson, async () => false, async () => {});
    return Math.min(loss.length, accuracy.length, learningRate.length);
  },
};

function layers(x, labels, people) {
  const features = x.length / labels.length;
  const xs = tf.tensor2d(x, [labels.length, features]);
  const ys = tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), people), 'float32');
  const model = tf.sequential({ layers: [tf.layers.dense({ units: people, activation: 'softmax', inputShape: [features] })] });
  model.compile({ optimizer: tf.train.sgd(1), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return { model, xs, ys };
}

onmessage = async ({ data: { method, size, epochs } }) => {
  const [x, { labels, people }] = await ready;
  tf.engine().startScope();
  const began = performance.now();
  const updates = await methods[method]({ x, labels, people }, size, epochs);
  const seconds = (performance.now() - began) / 1000 / updates;
  tf.engine().endScope();
  postMessage(seconds);
};
