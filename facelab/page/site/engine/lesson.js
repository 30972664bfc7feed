// @ts-check
/** Lesson: the photos and parameters of a training come from the server, the model goes there. */

import { centred, meanOf } from './head.js';
import { FEATURES } from './hog.js';
import { vectorsOf } from './photos.js';
import { base64, bytes, request } from './server.js';
import { eyes } from './sight.js';
import { train } from './training.js';

/** @typedef {import('./training.js').Tell} Tell */

/** @type {Promise<any> | undefined} */ let loading;

/** TensorFlow.js, on its backend for processors: the one whose numbers are tested. */
function tensorflow() {
  loading ??= imported();
  loading.catch(() => (loading = undefined));
  return loading;
}

async function imported() {
  const address = '/tensorflow.js';
  try {
    const tf = await import(address);
    await tf.setBackend('cpu');
    return tf;
  } catch (error) {
    await request(address); // the server's own line, if it has it not
    throw new Error(`TensorFlow.js: this browser cannot run it (${String(error).split('\n')[0]})`);
  }
}

/**
 * Train as the server says, and hand it the model.
 * @param {{parameters: {learning_rate: number, batch_size: number}, seed: number}} asked
 * @param {Tell} tell told of no points while photos are described; returns whether to stop
 * @param {(done: number, total: number) => void} describing
 * @param {() => Promise<void>} breathe
 * @returns {Promise<unknown>} the model as the server keeps it
 */
export async function learn(asked, tell, describing, breathe) {
  const [lesson, tf, net] = await Promise.all([
    request('/api/lesson', asked).then((answer) => answer.json()),
    tensorflow(),
    eyes(),
  ]);
  const { people, photos, labels, norm, parameters, seed } = lesson;
  const none = new Float32Array(0);
  const goOn = async () => {
    if (await tell(0, none, none)) throw new Error('the training was interrupted before its first update');
  };
  const vectors = await vectorsOf(
    photos.map((/** @type {string} */ file, /** @type {number} */ i) => ({ file, digest: lesson.digests[i] })),
    net,
    async (done) => {
      describing(done, photos.length);
      await breathe();
      await goOn();
    },
  );
  const mean = meanOf(vectors), embeddings = new Float32Array(photos.length * FEATURES);
  vectors.forEach((vector, n) => embeddings.set(centred(vector, mean, norm), n * FEATURES));
  const order = new Int32Array(bytes(lesson.order)), batchSize = parameters.batch_size;
  const learnt = await train(
    tf,
    {
      embeddings,
      labels,
      people: people.length,
      kernel: new Float32Array(bytes(lesson.kernel)),
      order,
      batchSize,
      rate: parameters.learning_rate,
    },
    tell,
    breathe,
  );
  const updates = learnt.loss.length;
  const model = {
    engine: 'browser',
    parameters,
    seed,
    people,
    photos: photos.length,
    norm,
    mean: base64(mean),
    kernel: base64(learnt.kernel),
    bias: base64(learnt.bias),
    loss: base64(learnt.loss),
    accuracy: base64(learnt.accuracy),
    learningRate: base64(learnt.learningRate),
    order: base64(order.subarray(0, updates * batchSize)),
    interrupted: updates < lesson.total,
    fingerprint: lesson.fingerprint,
  };
  return (await request('/api/models', model)).json();
}
