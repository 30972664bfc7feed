// @ts-check
/** @import { Frame } from './types' */
/**
 * The camera: opened, chosen, and read frame by frame; every frame once, in order, the newest first
 * when the reader is slower than the camera.
 */

const SIZE = { width: { ideal: 640, max: 1920 }, height: { ideal: 480, max: 1080 } };
const CHOICE = 'facelab camera';

const canvas = new OffscreenCanvas(1, 1);
const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
  canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb', alpha: false })
);

/**
 * The pixels of a picture, unchanged.
 * @param {CanvasImageSource} picture
 * @param {number} width
 * @param {number} height
 * @returns {Frame}
 */
function pixels(picture, width, height) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.drawImage(picture, 0, 0, width, height);
  return { rgba: context.getImageData(0, 0, width, height).data, width, height };
}

/** A frame as a PNG file, pixel for pixel. @param {Frame} frame @returns {Promise<Blob>} */
export function png({ rgba, width, height }) {
  const paper = new OffscreenCanvas(width, height);
  const picture = new ImageData(/** @type {ImageDataArray} */ (rgba), width, height);
  const drawn = paper.getContext('2d', { colorSpace: 'srgb', alpha: false });
  /** @type {OffscreenCanvasRenderingContext2D} */ (drawn).putImageData(picture, 0, 0);
  return paper.convertToBlob({ type: 'image/png' });
}

/**
 * Whether all is black, as the first frame of many cameras and video elements.
 * @param {Frame} frame
 */
const isBlack = ({ rgba }) => rgba.every((value, place) => value === 0 || place % 4 === 3);

/** @typedef {{ next(): Promise<Frame | null>, cancel(): void }} Reader */

/**
 * Frames straight from the track, where the browser gives them.
 * @param {MediaStreamTrack} track
 * @returns {Reader}
 */
function processed(track) {
  // @ts-ignore: not among TypeScript's types of the DOM
  const processor = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 });
  /** @type {ReadableStreamDefaultReader<VideoFrame>} */
  const reader = processor.readable.getReader();
  return {
    async next() {
      const { value, done } = await reader.read();
      if (done) return null;
      try {
        return pixels(value, value.displayWidth, value.displayHeight);
      } finally {
        value.close();
      }
    },
    cancel: () => void reader.cancel().catch(() => {}),
  };
}

/** Frames as the video element shows them. @param {HTMLVideoElement} video @returns {Reader} */
function presented(video) {
  let first = true;
  /** @type {((frame: Frame | null) => void) | undefined} */
  let waiting;
  return {
    next: () =>
      new Promise((done) => {
        waiting = done;
        const look = () =>
          video.requestVideoFrameCallback((_, { width, height }) => {
            const frame = pixels(video, width, height);
            const early = first && isBlack(frame);
            first = false;
            if (early) look();
            else done(frame);
          });
        look();
      }),
    cancel: () => waiting?.(null),
  };
}

/**
 * @param {HTMLVideoElement} video  where it is shown
 * @param {{ended: () => void, plugged: () => void}} told  the track ended; devices came or went
 */
export function createCamera(video, told) {
  /** @type {MediaStreamTrack | undefined} */
  let track;
  /** @type {Reader | undefined} */
  let reader;
  /** @type {(() => void)[]} */
  let waiting = [];

  navigator.mediaDevices?.addEventListener('devicechange', told.plugged);

  function close() {
    reader?.cancel();
    track?.stop();
    reader = track = undefined;
    video.srcObject = null;
  }

  /**
   * Open a device, that of last time unless one is named. Throws the browser's DOMException.
   * @param {string} [device]
   */
  async function open(device = localStorage.getItem(CHOICE) ?? '') {
    close();
    /** @param {object} which */
    const get = (which) => navigator.mediaDevices.getUserMedia({ video: { ...SIZE, ...which } });
    const stream = await get(device ? { deviceId: { exact: device } } : {}).catch((error) => {
      if (device && error.name === 'OverconstrainedError') return get({});
      throw error;
    });
    [track] = stream.getVideoTracks();
    const mine = track;
    track.addEventListener('ended', () => {
      if (track !== mine) return;
      close();
      told.ended();
    });
    video.srcObject = stream;
    video.play().catch(() => {}); // autoplay of a muted video; without it frames are read all the same
    reader = 'MediaStreamTrackProcessor' in window ? processed(track) : presented(video);
    for (const done of waiting.splice(0)) done();
  }

  return {
    open,
    close,
    get isOpen() {
      return track !== undefined;
    },
    /** The device that is open. */
    get device() {
      return track?.getSettings().deviceId ?? '';
    },
    /** Remember the device for next time. @param {string} device */
    choose: (device) => localStorage.setItem(CHOICE, device),
    /** @returns {Promise<MediaDeviceInfo[]>} */
    async devices() {
      const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
      return all.filter(({ kind }) => kind === 'videoinput');
    },
    /** The next frame; it waits while the camera is off. @returns {Promise<Frame>} */
    async next() {
      for (;;) {
        while (!reader) await new Promise((done) => waiting.push(() => done(undefined)));
        const frame = await reader.next().catch(() => null);
        if (frame) return frame;
        if (reader) await new Promise((done) => setTimeout(done, 100)); // its end is about to be told
      }
    },
  };
}
/** @typedef {ReturnType<typeof createCamera>} Camera */
