// @ts-check
/**
 * The WebSocket to the server: it connects again by itself, waiting longer each time.
 *
 * `heard` gets every message, `turned` is told when the connection opens and closes.
 */

const FIRST = 250; // ms until the first new try
const LONGEST = 4_000; // ms between two tries

/**
 * @typedef {{ send(data: string | ArrayBuffer): boolean, listen(heard: (message: any) => void,
 *   turned: (open: boolean) => void): void, readonly open: boolean, opened(): Promise<void> }}
 *   Socket
 */

/** @param {string} path @returns {Socket} */
export function connect(path) {
  /** @type {((message: any) => void)[]} */
  const hearing = [];
  /** @type {((open: boolean) => void)[]} */
  const turning = [];
  /** @type {(() => void)[]} */
  let waiting = [];
  /** @type {WebSocket | undefined} */
  let socket;
  let wait = FIRST;
  let open = false;

  function start() {
    const address = new URL(path, location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    socket = new WebSocket(address);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      [open, wait] = [true, FIRST];
      for (const turned of turning) turned(true);
      for (const done of waiting.splice(0)) done();
    };
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      for (const heard of hearing) heard(message);
    };
    socket.onclose = () => {
      open = false;
      for (const turned of turning) turned(false);
      setTimeout(start, wait);
      wait = Math.min(wait * 1.6, LONGEST);
    };
  }

  start();
  addEventListener('online', () => (wait = FIRST));
  return {
    /** Send, if there is a connection; return whether there is. */
    send(data) {
      if (!open || !socket) return false;
      socket.send(data);
      return true;
    },
    listen(heard, turned) {
      hearing.push(heard);
      turning.push(turned);
    },
    get open() {
      return open;
    },
    /** Wait until there is a connection. */
    opened: () => (open ? Promise.resolve() : new Promise((done) => waiting.push(() => done()))),
  };
}
