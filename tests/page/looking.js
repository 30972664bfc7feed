// What the tests of the vectors ask of the engine's modules, in the page itself.
import { look, square } from '/site/engine/describe.js';
import { mainFace, mainFirst, sure } from '/site/engine/finder.js';
import { hog } from '/site/engine/hog.js';
import { decoded } from '/site/engine/photos.js';
import { remark } from '/site/engine/quality.js';
import { scaled } from '/site/engine/resize.js';
import { base64 } from '/site/engine/server.js';
import { eyes } from '/site/engine/sight.js';
import { Track } from '/site/engine/track.js';
import { Decision } from '/site/decision.js';

const hex = async (bytes) =>
  [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Describe pictures, one after another; with a track, the face that it follows. */
export async function describe(addresses, isFilm) {
  const net = await eyes(), track = isFilm ? new Track() : null, told = [];
  let before = null;
  for (const address of addresses) {
    const frame = await decoded(await (await fetch(address)).blob());
    const { grey, found } = look(frame, net), face = track ? track.follow(found) : mainFace(found);
    const cut = square(grey, face), faces = mainFirst(sure(found));
    told.push({
      pixels: await hex(frame.rgba), found, face, square: base64(cut), vector: base64(hog(cut)),
      remark: remark(frame, isFilm ? before : null, faces),
    });
    before = frame;
  }
  return told;
}

/** Scale pictures in grey: where the levels are, size and wanted size of each. */
export async function scale(pictures) {
  const told = [];
  for (const [address, [width, height], wanted] of pictures) {
    const data = new Uint8Array(await (await fetch(address)).arrayBuffer());
    told.push(base64(scaled({ data, width, height }, ...wanted).data));
  }
  return told;
}

/** Decide on the frames of a film: seconds, probabilities and face of each, for two models alike. */
export function decide(certain, frames) {
  const decision = new Decision(certain);
  return frames.map(([seconds, odds, face]) => {
    const told = decision.decide(seconds, new Map([['a', odds], ['b', [...odds].reverse()]]), face);
    return ['a', 'b'].map((id) => [told.get(id).person, ...told.get(id).mean]);
  });
}
