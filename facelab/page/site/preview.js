// @ts-check
/** @import { Frame, Seen } from './types' */
/** The preview: the camera's picture, the face's box on it, and what is wrong with it. */

import { problem, solved } from './notices.js';
import { byId, make } from './element.js';
import { known, say } from './words.js';
import { createCamera } from './camera.js';

const STALLED = 4_000; // ms without a frame, after which the camera is said to send none

const preview = byId('preview', HTMLElement);
const video = byId('video', HTMLVideoElement);
const boxes = byId('boxes', HTMLCanvasElement);
const empty = byId('camera-empty', HTMLElement);
const remark = byId('remark', HTMLElement);
const turn = byId('camera-on', HTMLButtonElement);
const menu = byId('camera', HTMLSelectElement);

/** @param {(on: boolean) => void} turned  the camera was turned on or off */
export function createPreview(turned) {
  let last = 0;
  let opening = 0;
  let hint = 'cameraOff';

  const camera = createCamera(video, {
    ended() {
      off('gone');
      problem(say('cameraGone'), 'camera');
    },
    plugged: list,
  });

  /** @param {string} state @param {string} [line] */
  function shown(state, line = '') {
    preview.dataset.camera = state;
    empty.textContent = line;
    empty.hidden = !line;
    turn.textContent = say(camera.isOpen ? 'cameraTurnOff' : 'cameraTurnOn');
  }

  async function list() {
    const devices = await camera.devices().catch(() => []);
    const options = devices.map(({ deviceId, label }, place) =>
      make('option', {
        value: deviceId,
        textContent: label || say('cameraUnnamed', { n: place + 1 }),
      }),
    );
    menu.replaceChildren(...options);
    menu.value = camera.device;
    menu.disabled = devices.length < 2;
  }

  /** @param {string} [device] */
  async function on(device) {
    const mine = ++opening;
    if (!navigator.mediaDevices) {
      shown('refused', say('cameraOff'));
      problem(say('cameraInsecure'), 'camera');
      return;
    }
    shown('opening', say('cameraOpening'));
    try {
      await camera.open(device);
      if (mine !== opening) return;
      solved('camera');
      last = performance.now();
      shown('on', say('cameraWaits'));
      await list();
      turned(true);
    } catch (error) {
      const { name, message } = /** @type {DOMException} */ (error);
      if (mine !== opening) return;
      off('refused');
      problem(known(name) ? say(name) : say('cameraFails', { why: message || name }), 'camera');
    }
  }

  /** @param {string} [state] */
  function off(state = 'off') {
    opening++;
    camera.close();
    shown(state, say(hint));
    says('');
    boxes.getContext('2d')?.clearRect(0, 0, boxes.width, boxes.height);
    turned(false);
  }

  turn.onclick = () => (camera.isOpen ? off() : on());
  menu.onchange = () => {
    camera.choose(menu.value);
    on(menu.value);
  };
  setInterval(() => {
    if (camera.isOpen && !document.hidden && performance.now() - last > STALLED && empty.hidden)
      says('cameraStalled');
  }, 1_000);

  /** @param {string} key */
  function says(key) {
    const line = key && say(key);
    if (remark.textContent !== line) remark.textContent = line;
    remark.dataset.remark = key;
  }

  shown('off', say(hint));
  list();
  return {
    camera,
    on,
    /** Say in the empty preview what opens the camera. @param {string} key */
    hint(key) {
      hint = key;
      if (!camera.isOpen && preview.dataset.camera === 'off') empty.textContent = say(hint);
    },
    /** A frame was read. @param {number} count */
    read(count) {
      last = performance.now();
      preview.dataset.seen = String(count);
      if (!empty.hidden) shown('on');
    },
    /**
     * Draw the faces of a frame and say what is wrong with it.
     * @param {Seen} seen
     * @param {Frame} frame
     * @param {number} count
     */
    described({ faces, remark: wrong }, { width, height }, count) {
      preview.dataset.described = String(count);
      says(wrong || 'fine');
      if (!camera.isOpen) return;
      if (boxes.width !== width || boxes.height !== height) {
        Object.assign(boxes, { width, height });
        preview.style.aspectRatio = `${width} / ${height}`;
      }
      const pen = /** @type {CanvasRenderingContext2D} */ (boxes.getContext('2d'));
      pen.clearRect(0, 0, width, height);
      faces.forEach(([left, top, right, bottom], place) => {
        for (const [colour, thick] of [
          ['#000', 4],
          ['#fff', 2],
        ]) {
          pen.strokeStyle = /** @type {string} */ (colour);
          pen.lineWidth = (Number(thick) * width) / 400;
          pen.setLineDash(place ? [width / 60, width / 60] : []);
          pen.strokeRect(left, top, right - left, bottom - top);
        }
      });
    },
  };
}
