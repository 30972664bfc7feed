// @ts-check
/**
 * All words that a person reads, and the format of numbers. For another language translate this file:
 * `{n}` stands for a value, `{n|photo|photos}` for the word that its number demands.
 */

const LANGUAGE = 'en';

/** @type {Record<string, string>} */
const WORDS = {
  skip: 'Skip to the first step',
  steps: 'Steps',
  connected: 'connected',
  disconnected: 'not connected',
  gallery: 'Photos are kept in {gallery}',
  nothingSaved: 'Photos cannot be saved here: {why}',
  close: 'Close this message',

  people: 'People',
  nextName: 'Who sits there first? Type a name and read the sentence. Once it is agreed to, the camera opens.',
  nextPhotos: 'Now take photos of {name}: press “Burst” and turn your head a little while it counts.',
  nextSecond: 'A classifier tells people apart, so it needs a second person. Add a name.',
  nextMore: '{people} people, {photos} {photos|photo|photos}. Go on to step 2, or take more.',
  nextChoose: 'Choose a person to take photos of.',
  name: 'Name',
  namePlaceholder: 'for example Alex',
  agree: 'I agree: {sentence}',
  add: 'Add',
  added: '{name} agreed and is in the list. Take photos now.',
  needName: 'Type a name first.',
  needAgree: 'Tick the sentence first: nobody is filmed without consent.',
  peopleList: 'People in the gallery',
  choose: 'Take photos of {name}',
  photos: '{n} {n|photo|photos}',
  others: 'and {n} kept aside, never learnt',
  notAgreed: 'has not agreed yet',
  forget: 'Forget',
  forgetPerson: 'Forget {name}',
  forgetSure: 'Forget {name}? {n} {n|photo|photos}, the consent and all models are deleted for good, since all models learnt from photos of {name}.',
  forgotten: '{name} is forgotten. {n} {n|thing was|things were} removed.',
  photosOf: 'Photos of {name}',
  photoOf: 'Photo {n} of {name}',
  removePhoto: 'Remove photo {n} of {name}',
  removePhotoSure: 'Remove photo {n} of {name} for good?',
  photoRemoved: 'A photo of {name} is removed; {n} {n|is|are} left.',
  noPhotos: 'No photo of {name} yet.',

  camera: 'Camera',
  cameraOff: 'The camera is off.',
  cameraOffFirst: 'The camera is off. It opens when the first person has agreed.',
  cameraOpening: 'Opening the camera. Your browser may ask: allow it.',
  cameraWaits: 'The camera is on; waiting for its first frame.',
  cameraTurnOn: 'Turn the camera on',
  cameraTurnOff: 'Turn the camera off',
  cameraUnnamed: 'camera {n}',
  NotAllowedError: 'The browser does not let this page use the camera. Allow it beside the address, then press “Turn the camera on”.',
  NotFoundError: 'No camera is connected. Connect one, then press “Turn the camera on”, or upload photos.',
  NotReadableError: 'Another program is using the camera. Close that program, then press “Turn the camera on”.',
  OverconstrainedError: 'The camera that was chosen is not there any more. Choose another one.',
  cameraFails: 'The camera cannot be opened ({why}). Press “Turn the camera on” to try again.',
  cameraInsecure: 'Browsers give no camera to this address. Open the page at localhost or over https.',
  cameraGone: 'The camera is gone: it was pulled out or another program took it. Connect it, then press “Turn the camera on”.',
  cameraStalled: 'The camera sends no new frame.',
  fine: 'A face, well seen.',
  'no face': 'No face is seen. Look at the camera.',
  'several faces': 'Several faces are seen. One person at a time.',
  'too dark': 'Too dark. Put a light in front of you.',
  'too bright': 'Too bright. Turn away from the light.',
  blurred: 'Blurred. Hold still, or wipe the lens.',
  frozen: 'The frame is frozen.',
  take: 'Take a photo',
  burst: 'Burst',
  burstStop: 'Stop the burst',
  burstCount: 'photos',
  burstWait: 'after, s',
  burstGap: 'every, s',
  upload: 'Files (or drop them)',
  choosePerson: 'Choose a person first: whose photo is it?',
  noFrame: 'There is no frame yet. Turn the camera on.',
  kept: '{n} {n|photo|photos} of {name} {n|is|are} kept.',
  keptBut: '{n} {n|photo|photos} of {name} {n|is|are} kept. On {bad} of {n|it|them}: {remarks}.',
  filming: 'Photo {n} of {count}',
  unsent: '{n} {n|photo is|photos are} not kept yet: {why}',
  unsentWaits: '{n} {n|photo is|photos are} not kept yet. {n|It is|They are} sent when the server is back.',
  sendAgain: 'Send again',
  discard: 'Discard',
  discardSure: 'Discard {n} {n|photo|photos} that {n|was|were} not kept?',
  lost: 'A photo of {name} was not kept: {why}',
  notAnImage: '{file} is no picture (its kind is {kind}); choose PNG, JPEG, WebP or BMP files.',
  unknownKind: 'unknown',

  train: 'Train',
  nextTrainNobody: 'Training needs photos of two people. Begin with step 1.',
  nextTrainOne: 'Training needs photos of a second person.',
  nextTrain: 'Press “Train”. Change a value and train again to compare.',
  nextTraining: 'It trains. You may interrupt it; what was learnt is kept.',
  updates: '{photos} photos in batches of {batch}: {perEpoch} {perEpoch|update|updates} an epoch, {total} in all.',
  between: 'between {low} and {high}',
  moreThan: 'more than {low} and at most {high}',
  number: 'a number',
  wholeNumber: 'a whole number',
  received: '{name}: received {value}, allowed is {kind} {allowed}; choose {meaning}',
  allowed: '{allowed}',
  empty: 'nothing',
  engine: 'Trained and answered by',
  computer: 'this computer',
  computerWhat: 'TensorFlow, in the program that serves this page',
  browser: 'this browser',
  browserWhat: 'TensorFlow.js; frames stay in this tab until you take a photo',
  browserMissing: '{how}.',
  describing: 'finding faces: {done} of {total}',
  trainButton: 'Train',
  stop: 'Stop',
  stopping: 'Stopping…',
  starting: 'Starting…',
  progress: 'update {n} of {total}',
  progressRate: '{rate} a second',
  progressLeft: '{seconds} s left',
  trained: '{name} is trained: loss {loss}, accuracy {accuracy} in the last epoch of {updates} {updates|update|updates}.',
  interrupted: '{name} was stopped after {updates} of {total} updates and keeps what it learnt.',
  trainingCut: 'The connection was cut after {n} {n|update|updates}. If the server is well, it goes on and the model appears below; else train again.',
  goesOn: 'Your training goes on; its model appears below.',
  trainingLost: 'The training was lost with the server. Its points stay in the chart until the next one; train again.',
  cut: 'cut training',

  models: 'Curves and models',
  nextModels: 'While a model trains, its loss and accuracy are drawn here, a point for every update.',
  nextCompare: 'Tick the models to draw together. The ticked ones are also asked in step 4.',
  nextTick: 'Tick a model to see its curves and to ask it.',
  loss: 'Loss',
  accuracy: 'Accuracy',
  lossUnit: 'nats',
  update: 'update',
  chance: 'guessing',
  bands: 'Where several updates share a pixel, the band shows their lowest and highest value and the line their mean.',
  curveTold: '{name}: {n} {n|update|updates}, loss {loss}, accuracy {accuracy}',
  training: 'training now',
  readout: 'Update {n}: {values}',
  readoutOne: '{name} loss {loss}, accuracy {accuracy}',
  noModels: 'No model yet. Train one, or load a file.',
  byComputer: 'this computer',
  byBrowser: 'this browser',
  byFile: 'a file',
  rate: 'rate {rate}',
  epochs: '{n} {n|epoch|epochs}',
  batch: 'batch {n}',
  seed: 'seed {n}',
  madeBy: 'by {engine}',
  learntFrom: '{people} people, {photos} photos',
  knows: 'knows {people}',
  updatesMade: '{n} {n|update|updates}',
  updatesOf: 'stopped at {n} of {total} updates',
  result: 'last epoch: loss {loss} · accuracy {accuracy}',
  changed: 'Photos have changed since.',
  unsaved: 'It is not on the disk and goes with the server: save it.',
  history: 'History (CSV)',
  keras: 'Save (.keras)',
  historyOf: 'History of {name} as CSV',
  kerasOf: 'Save {name} as a .keras file',
  remove: 'Remove',
  removeModel: 'Remove {name}',
  removeModelSure: 'Remove {name} and its curves for good?',
  modelRemoved: '{name} is removed.',
  loadModel: 'Load a .keras file',
  modelLoaded: '{name} is loaded. It knows {people}.',

  answers: 'Answers',
  nextAnswers: 'Train a model first; then it says who sits there.',
  nextAnswersTick: 'Tick a model in step 3.',
  nextAnswersCamera: 'Turn the camera on in step 1.',
  nextAsk: 'Say who sits there, then press “Ask”, or press “Count” and look into the camera.',
  expected: 'Who sits there',
  notSaid: 'not said',
  nobody: 'nobody',
  ask: 'Ask',
  askEach: 'Ask at every frame',
  askEachStop: 'Stop asking',
  clear: 'Clear the table',
  answersCsv: 'Table (CSV)',
  count: 'Count',
  endCount: 'End the count',
  tallyCsv: 'Count (CSV)',
  counted: '{n|frame|frames} counted',
  live: 'Seen now',
  liveLine: '{name}: {person} {share}',
  liveNobody: '{name}: nobody',
  counting: 'Counting.',
  countPaused: 'The count pauses while this tab is hidden.',
  countGoesOn: 'The count goes on.',
  countTold: '{n} {n|frame|frames} counted. {leaders}',
  leader: '{name}: {person} {share}.',
  row: 'no.',
  expectedHead: 'expected',
  predicted: 'predicted',
  verdict: 'verdict',
  right: 'Right',
  error: 'Error',
  errorsOf: '{wrong} of {n} wrong, {share}',
  noVerdicts: 'nothing to judge',
  tableCaption: 'Expected and predicted, a row a frame',
  emptyTable: 'No row yet.',
  emptyTally: 'Nothing counted yet.',
  person: 'person',
  tallyCaption: 'Frames counted for each person, a bar a model',
  tableCleared: 'The table is empty.',

  yes: 'Yes',
  no: 'No, keep it',
  serverGone: 'The server does not answer. This page tries again by itself; nothing that was kept is lost.',
  serverBack: 'The server is back.',
  newAddress: 'The server does not know this browser any more ({why}). Open the address that it printed when it was started.',
  offline: 'the server does not answer',
  engineFails: 'The frame could not be looked at: {why}',
};

const PLURAL = new Intl.PluralRules(LANGUAGE);
const WHOLE = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 0 });

/**
 * A text, with its values put in: numbers with separators, other values as they are.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function say(key, values = {}) {
  const text = WORDS[key] ?? key;
  return text.replace(/\{(\w+)(?:\|((?:[^{}]|\{\w+\})*))?\}/g, (_, name, forms) => {
    const value = values[name] ?? '';
    if (forms === undefined) return typeof value === 'number' ? whole(value) : value;
    const [one, other] = forms.split('|');
    const form = PLURAL.select(Number(value)) === 'one' ? one : other;
    return form.replace(/\{(\w+)\}/g, (/** @type {string} */ __, /** @type {string} */ inner) =>
      String(values[inner] ?? ''));
  });
}

/** Whether there is a text of this name. @param {string} key */
export const known = (key) => key in WORDS;

/** A whole number as a reader would write it: 10,300. @param {number} value */
export const whole = (value) => WHOLE.format(value);

/** A parameter, plainly: 0.001 or 1,000,000. @param {number} value */
export const plain = (value) => (Number.isInteger(value) ? whole(value) : String(value));

/** A loss with three digits: 1.39, 0.0123. @param {number | null} value */
export function loss(value) {
  if (value === null || !Number.isFinite(value)) return '–';
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(1).replace('e', ' e');
  return value >= 1000 ? whole(value) : value.toPrecision(3);
}

/** A share in percent: 30.6 %. @param {number | null} value @param {number} [digits] */
export function share(value, digits = 1) {
  if (value === null || !Number.isFinite(value)) return '–';
  const percent = (value * 100).toFixed(digits);
  // 99.96 % is not all, but a mean of float32 that is off by 1e-6 is
  const nearly = Number(percent) === 100 && value < 0.99999;
  return `${nearly ? `> ${99.9}` : Number(percent)}\u00a0%`;
}
