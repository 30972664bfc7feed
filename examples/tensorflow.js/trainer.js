// A trainer in TensorFlow.js that sits facelab's exam: one line of JSON in, one or more out.
// The protocol: docs/protocol.md. Try it: facelab doctor --system 'command: node trainer.js'
'use strict';

const readline = require('node:readline');

// TensorFlow.js greets on standard output, which belongs to the protocol: send that elsewhere.
console.log = console.info = console.warn = (...words) => console.error(...words);
const tf = require('@tensorflow/tfjs');

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const read = async () => JSON.parse((await lines.next()).value ?? 'null');
// Protocol 2: whatever is said gives back the id of what was asked.
const answer = (task, message) => process.stdout.write(JSON.stringify({ id: task.id, ...message }) + '\n');

const models = new Map();

// Mulberry32: a small generator that can be seeded, which Math.random cannot.
function generator(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function permutation(count, random) {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

async function learn(task) {
  const features = task.kernel.length;
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: task.people, activation: 'softmax', inputShape: [features] })],
  });
  model.setWeights([tf.tensor2d(task.kernel), tf.tensor1d(task.bias)]);
  model.compile({
    optimizer: tf.train.sgd(task.learning_rate),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  models.set(task.model, model);

  const count = task.labels.length;
  const x = tf.tensor2d(task.embeddings);
  const y = tf.oneHot(tf.tensor1d(task.labels, 'int32'), task.people).toFloat();
  const random = generator(task.seed);
  for (let epoch = 0; epoch < task.epochs; epoch++) {
    const order = permutation(count, random);
    for (let start = 0; start < count; start += task.batch_size) {
      const photos = order.slice(start, start + task.batch_size);
      const [batchX, batchY] = tf.tidy(() => {
        const chosen = tf.tensor1d(photos, 'int32');
        return [x.gather(chosen), y.gather(chosen)];
      });
      const [loss, accuracy] = await model.trainOnBatch(batchX, batchY);
      tf.dispose([batchX, batchY]);
      answer(task, { loss, accuracy, photos });
      if (!(await read()).go) return;
    }
  }
}

function predict(task) {
  return tf.tidy(() => models.get(task.model).predict(tf.tensor2d(task.embeddings)).arraySync());
}

async function main() {
  await tf.setBackend('cpu');
  for (let task = await read(); task; task = await read()) {
    if (task.ask === 'describe') {
      answer(task, {
        facelab: 2,
        name: 'TensorFlow.js',
        version: tf.version.tfjs,
        capabilities: ['initial weights', 'photo ids', 'stop'],
      });
    } else if (task.ask === 'learn') {
      await learn(task);
      answer(task, { learnt: true });
    } else {
      answer(task, { probabilities: predict(task) });
    }
  }
}

main();
