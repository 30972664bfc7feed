// A page of another make, for the tests: grey thumbnails, a softmax head, plain gradient descent.
const WIDTH = 16, HEIGHT = 12, D = WIDTH * HEIGHT, PEOPLE = 4, BATCH = 16, NORM = 3;
const at = (id) => document.getElementById(id);
const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
const pen = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
const photos = []; // {grey, person}
let held = -1, looking = false, looked = 0, model = null, enough = false;

function grey(frame) {
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(frame, 0, 0, WIDTH, HEIGHT);
  const { data } = pen.getImageData(0, 0, WIDTH, HEIGHT);
  return Float64Array.from({ length: D }, (_, i) =>
    0.3 * data[4 * i] + 0.6 * data[4 * i + 1] + 0.1 * data[4 * i + 2]);
}
function centred(one, mean) {
  const x = one.map((value, i) => value - mean[i]);
  const length = Math.hypot(...x) || 1;
  return x.map((value) => (NORM * value) / length);
}
function chances(x, { weights, bias }) {
  const z = bias.map((b, c) => weights[c].reduce((sum, w, i) => sum + w * x[i], b));
  const most = Math.max(...z), e = z.map((one) => Math.exp(one - most));
  const total = e.reduce((a, b) => a + b);
  return e.map((one) => one / total);
}
function shuffled(count) {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
async function learn() {
  const rate = Number(at('rate').value), passes = Number(at('passes').value);
  const mean = new Float64Array(D);
  for (const { grey: one } of photos) one.forEach((value, i) => { mean[i] += value / photos.length; });
  const x = photos.map((one) => centred(one.grey, mean));
  const small = () => (Math.random() - 0.5) * 0.35;
  model = {
    mean,
    weights: Array.from({ length: PEOPLE }, () => Array.from({ length: D }, small)),
    bias: Array(PEOPLE).fill(0),
  };
  at('learn').disabled = at('look').disabled = true;
  at('enough').disabled = enough = false;
  for (let pass = 0; pass < passes && !enough; pass++) {
    const order = shuffled(photos.length);
    for (let start = 0; start < order.length && !enough; start += BATCH) {
      const batch = order.slice(start, start + BATCH);
      const p = batch.map((n) => chances(x[n], model));
      const loss = batch.reduce((sum, n, i) => sum - Math.log(p[i][photos[n].person]), 0) / batch.length;
      batch.forEach((n, i) => {
        for (let c = 0; c < PEOPLE; c++) {
          const slope = (rate * (p[i][c] - (photos[n].person === c))) / batch.length;
          for (let k = 0; k < D; k++) model.weights[c][k] -= slope * x[n][k];
          model.bias[c] -= slope;
        }
      });
      at('loss').textContent = `loss ${loss}`;
      await new Promise((done) => setTimeout(done, 0));
    }
  }
  at('loss').textContent = 'learnt it';
  at('learn').disabled = at('look').disabled = false;
  at('enough').disabled = true;
}
function look(frame) {
  if (held >= 0) {
    photos.push({ grey: grey(frame), person: held });
    at(`count-${held}`).textContent = photos.filter((one) => one.person === held).length;
  }
  if (looking) {
    const p = chances(centred(grey(frame), model.mean), model);
    at('said').textContent = `It is number ${p.indexOf(Math.max(...p)) + 1}!`;
    at('looked').textContent = ++looked;
  }
}
for (let person = 0; person < PEOPLE; person++) {
  const button = document.createElement('button');
  button.className = 'person';
  button.id = `person-${person}`;
  button.innerHTML = `number ${person + 1}: <span id="count-${person}">0</span>`;
  button.addEventListener('pointerdown', () => { held = person; looking = false; });
  button.addEventListener('pointerup', () => { held = -1; });
  at('people').append(button);
}
at('learn').addEventListener('click', () => learn());
at('enough').addEventListener('click', () => { enough = true; });
at('look').addEventListener('click', () => { looking = true; });

const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 240 } });
const screen = at('screen');
screen.srcObject = stream;
const next = () => screen.requestVideoFrameCallback(() => { look(screen); next(); });
next();
at('loading').hidden = true;
at('desk').hidden = false;
