// @ts-check
/** @import { Answer, Engine, Frame, Model, Tell } from '../types' */
/** @import { Socket } from '../socket.js' */
/** The engine of this computer: frames go to the server in grey, TensorFlow trains there. */

import { Unreachable } from '../api.js';
import { say, translated } from '../words.js';

const HEADER = 16; // bytes: id, width, height, flags

/**
 * A frame as the server wants it: the header, then grey as OpenCV makes it (BGR2GRAY, 15 bits).
 * @param {Frame} frame
 * @param {number} id
 */
export function message({ rgba, width, height }, id) {
  const content = new ArrayBuffer(HEADER + width * height);
  const header = new DataView(content);
  [id, width, height, 0].forEach((value, place) => header.setUint32(4 * place, value, true));
  const grey = new Uint8Array(content, HEADER);
  for (let pixel = 0, at = 0; pixel < grey.length; pixel++, at += 4)
    grey[pixel] = (9798 * rgba[at] + 19235 * rgba[at + 1] + 3735 * rgba[at + 2] + 16384) >> 15;
  return content;
}

/** @param {Socket} socket @returns {Engine} */
export function computer(socket) {
  /** @type {Map<number, {done: (answer: Answer) => void, failed: (error: Error) => void}>} */
  const asked = new Map();
  /**
   * @type {Map<string, {tell: Tell, waiting?: (line: string) => void, done: (model: Model) => void,
   *   failed: (error: Error) => void}>}
   */
  const learning = new Map();
  let frames = 0;
  let asking = '';

  /** @param {any} told */
  function heard(told) {
    const frame = asked.get(told.id);
    const lesson = learning.get(told.id);
    if (told.type === 'seen' && frame) {
      asked.delete(told.id);
      frame.done({
        faces: told.faces,
        remark: told.remark,
        answers: new Map(Object.entries(told.answers ?? {})),
      });
    } else if (told.type === 'points' && lesson) {
      const stop = lesson.tell(told.from, told.loss, told.accuracy);
      const until = told.from + told.loss.length;
      socket.send(JSON.stringify({ type: stop ? 'stop' : 'heard', id: told.id, until }));
    } else if (told.type === 'waiting' && lesson) {
      lesson.waiting?.(translated(told.line));
    } else if (told.type === 'trained' && lesson) {
      learning.delete(told.id);
      lesson.done(told.model);
    } else if (told.type === 'error' && (lesson || frame)) {
      learning.delete(told.id);
      asked.delete(told.id);
      (lesson ?? frame)?.failed(new Error(translated(told.line)));
    }
  }

  /** What was asked of a connection that is cut is not answered any more. @param {boolean} open */
  function turned(open) {
    if (open) return;
    asking = '';
    for (const waiting of [asked, learning]) {
      for (const { failed } of waiting.values()) failed(new Unreachable(say('offline')));
      waiting.clear();
    }
  }

  /**
   * @param {string[]} models
   * @param {Frame} frame
   * @param {number} follow
   * @returns {Promise<Answer>}
   */
  function answer(models, frame, follow) {
    return new Promise((done, failed) => {
      const id = ++frames;
      const wanted = JSON.stringify({ type: 'answer', models, follow: follow > 0 });
      const sent =
        (asking === `${wanted} ${follow}` || socket.send(wanted)) &&
        socket.send(message(frame, id));
      if (!sent) return failed(new Unreachable(say('offline')));
      asking = `${wanted} ${follow}`;
      asked.set(id, { done, failed });
    });
  }

  socket.listen(heard, turned);
  return {
    name: 'computer',
    answer,
    describe: (frame) => answer([], frame, 0),
    learn: ({ id, parameters, seed }, tell, waiting) =>
      new Promise((done, failed) => {
        learning.set(id, { tell, waiting, done, failed });
        if (!socket.send(JSON.stringify({ type: 'train', id, parameters, seed, hears: true }))) {
          learning.delete(id);
          failed(new Unreachable(say('offline')));
        }
      }),
  };
}
