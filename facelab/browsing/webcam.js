// A webcam that is fed frame by frame. It stands in for the machine's own before any script of the
// page runs, and behaves as Chrome's: labels after permission, sizes cut and scaled, never enlarged.
// Only decoding is the browser's: a page reads the pixels of the file that it was handed, exactly.
/* exported by webcam.py: called with {devices, size: [width, height], way, refusal} */
(plan) => {
  const media = navigator.mediaDevices;
  if (!media || window.facelabWebcam) return; // no secure page, or a second time
  const WARMING = 100; // ms
  const known = (name) => ({ deviceId: `facelab ${name}`, groupId: 'facelab', label: name });
  let devices = plan.devices.map(known);
  let refusal = plan.refusal;
  let allowed = false; // labels are told once somebody may film
  let stamp = 0; // µs; a frame that is no later than the one before is dropped
  const shown = new Map(); // the frame that is before each device
  const open = new Set(); // {deviceId, track, put}: one a call of getUserMedia that is still live

  function black(width, height) {
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d', { alpha: false }).fillRect(0, 0, width, height);
    return canvas;
  }
  const last = (id) => {
    if (!shown.has(id)) shown.set(id, black(...plan.size));
    return shown.get(id);
  };
  const wish = (c) => (typeof c === 'object' && c ? (c.exact ?? c.ideal ?? null) : (c ?? null));
  const limit = (c, native) =>
    typeof c === 'object' && c ? Math.min(native, c.max ?? native) : native;

  /** The size that a page gets of a frame: as wished, but no larger; one side alone keeps the shape. */
  function sized(video, native) {
    const asked = { width: wish(video.width), height: wish(video.height) };
    let width = Math.min(asked.width ?? native.width, limit(video.width, native.width));
    let height = Math.min(asked.height ?? native.height, limit(video.height, native.height));
    if (asked.width === null && asked.height !== null && !video.width)
      width = Math.round((native.width * height) / native.height);
    if (asked.height === null && asked.width !== null && !video.height)
      height = Math.round((native.height * width) / native.width);
    return { width, height };
  }
  function drawn(context, frame, { width, height }) {
    const zoom = Math.max(width / frame.width, height / frame.height);
    const [w, h] = [width / zoom, height / zoom];
    const corner = [(frame.width - w) / 2, (frame.height - h) / 2];
    context.drawImage(frame, ...corner, w, h, 0, 0, width, height);
  }
  function fitted(frame, video) {
    const size = sized(video, frame);
    if (size.width === frame.width && size.height === frame.height) return frame;
    const canvas = new OffscreenCanvas(size.width, size.height);
    drawn(canvas.getContext('2d', { alpha: false }), frame, size);
    return canvas;
  }
  function generated(video) {
    const track = new MediaStreamTrackGenerator({ kind: 'video' });
    const writer = track.writable.getWriter();
    const put = (frame) =>
      writer.write(new VideoFrame(fitted(frame, video), { timestamp: (stamp += 33_333) }));
    return { track, stream: new MediaStream([track]), put, close: () => writer.close() };
  }
  function painted(video) {
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d', { alpha: false });
    const stream = canvas.captureStream(0);
    const [track] = stream.getVideoTracks();
    const put = async (frame) => {
      const size = sized(video, frame);
      if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
      drawn(context, frame, size);
      (track.requestFrame ? track : stream).requestFrame();
    };
    const close = () => {
      track.stop();
      track.dispatchEvent(new Event('ended')); // stop() tells nobody
    };
    return { track, stream, put, close };
  }
  const way = plan.way ?? ('MediaStreamTrackGenerator' in window ? 'generator' : 'canvas');

  function chosen(wanted) {
    const exact = typeof wanted === 'object' && wanted && 'exact' in wanted;
    const names = [wish(wanted)].flat();
    const device = devices.find((one) => names.includes(one.deviceId));
    if (!device && exact) throw new OverconstrainedError('deviceId', 'no such device');
    return device ?? devices[0];
  }
  media.getUserMedia = async (constraints) => {
    if (!constraints?.video && !constraints?.audio)
      throw new TypeError('At least one of audio and video must be requested');
    if (refusal) throw new DOMException(`the webcam refuses: ${refusal}`, refusal);
    if (!constraints.video || !devices.length)
      throw new DOMException('Requested device not found', 'NotFoundError');
    const video = constraints.video === true ? {} : constraints.video;
    const device = chosen(video.deviceId);
    const native = last(device.deviceId);
    for (const side of ['width', 'height'])
      if (Math.max(video[side]?.exact ?? 0, video[side]?.min ?? 0) > native[side])
        throw new OverconstrainedError(side, `at most ${native[side]}`);
    const cam = { deviceId: device.deviceId, ...(way === 'canvas' ? painted : generated)(video) };
    const { track } = cam;
    const settings = track.getSettings.bind(track);
    track.getSettings = () => ({
      ...settings(),
      ...sized(video, last(cam.deviceId)),
      frameRate: 30,
      deviceId: cam.deviceId,
      groupId: device.groupId,
    });
    Object.defineProperty(track, 'label', { value: device.label });
    open.add(cam);
    allowed = true;
    // A webcam takes its time to its first frame, which is black, and lost before anybody looks.
    cam.warm = new Promise((done) => setTimeout(done, WARMING)).then(() => cam.put(last(cam.deviceId)));
    return cam.stream;
  };
  media.enumerateDevices = async () =>
    devices.map((one) => {
      const told = allowed ? one : { deviceId: '', groupId: '', label: '' };
      return { kind: 'videoinput', ...told, toJSON: () => ({ kind: 'videoinput', ...told }) };
    });

  const live = () => {
    for (const cam of open) if (cam.track.readyState === 'ended') open.delete(cam);
    return [...open];
  };
  const decoded = (content) =>
    createImageBitmap(new Blob([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))]));

  window.facelabWebcam = {
    /** How many tracks are open. */
    opened: () => live().length,
    /** Hold a picture (base64 of a JPEG, PNG …) before a device; how many tracks it was handed to. */
    async show(content, number = 0) {
      const frame = await decoded(content);
      const id = devices[number].deviceId;
      shown.set(id, frame);
      const seeing = live().filter((cam) => cam.deviceId === id);
      await Promise.all(seeing.map(async (cam) => (await cam.warm, cam.put(frame))));
      return seeing.length;
    },
    /** From now on refuse with the DOMException of this name; null: allow again. */
    refuse(name) {
      refusal = name;
    },
    /** Pull the plug: every open track ends, as when the device is gone. */
    async end() {
      for (const cam of live()) {
        open.delete(cam);
        await cam.close();
      }
    },
    /** Plug in these devices, by name, instead of those before; tracks of others end. */
    async plug(names) {
      devices = names.map(known);
      const gone = live().some((cam) => !devices.some((one) => one.deviceId === cam.deviceId));
      if (gone) await this.end();
      media.dispatchEvent(new Event('devicechange'));
    },
  };
}
