// TensorFlow.js in its own process: reads a task, then orders of photos; answers with seconds.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');

console.log = console.info = console.warn = (...words) => console.error(...words);
const tf = require('@tensorflow/tfjs');

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const read = async () => JSON.parse((await lines.next()).value ?? 'null');
const write = (text) => process.stdout.write(`${text}\n`);

function numbers(file, Kind) {
  const bytes = fs.readFileSync(file);
  return new Kind(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

async function main() {
  const backend = process.argv[2];
  if (backend === 'wasm') require('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend(backend);
  await tf.ready();
  const task = await read();
  const x = numbers(path.join(task.folder, 'x'), Float32Array);
  const y = numbers(path.join(task.folder, 'y'), Int32Array);
  const { features, people } = task;
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: people, activation: 'softmax', inputShape: [features] })],
  });
  model.compile({
    optimizer: tf.train.sgd(task.rate),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const photos = Array.from(y, (who, i) => [
    tf.tensor2d(x.subarray(i * features, (i + 1) * features), [1, features]),
    tf.oneHot([who], people).toFloat(),
  ]);
  write('ready');
  for (let asked = await read(); asked; asked = await read()) {
    const kept = [];
    const began = performance.now();
    for (const i of asked.order) kept.push(await model.trainOnBatch(...photos[i]));
    write((performance.now() - began) / 1000);
  }
}

main();
