// @ts-check
/** Points: the loss and accuracy of every update of one training, as they come. */

export class Points {
  /** @param {number} people @param {number} total how many updates are planned */
  constructor(people, total) {
    this.people = people;
    this.total = total;
    this.length = 0;
    this.running = true;
    /** The highest finite loss. */
    this.peak = 0;
    this.loss = new Float32Array(1024);
    this.accuracy = new Float32Array(1024);
  }

  /**
   * Put points in from update `from` on.
   * @param {number} from
   * @param {ArrayLike<number>} loss
   * @param {ArrayLike<number>} accuracy
   */
  put(from, loss, accuracy) {
    const end = from + loss.length;
    if (end > this.loss.length) {
      this.loss = grown(this.loss, end);
      this.accuracy = grown(this.accuracy, end);
    }
    for (let at = 0; at < loss.length; at++) {
      // JSON has no NaN: what is no number is not drawn
      const value = loss[at] ?? NaN;
      this.loss[from + at] = value;
      this.accuracy[from + at] = accuracy[at] ?? NaN;
      if (value > this.peak && value < Infinity) this.peak = value;
    }
    this.length = Math.max(this.length, end);
  }
}

/** @param {Float32Array} old @param {number} needed */
function grown(old, needed) {
  const made = new Float32Array(Math.max(2 * old.length, needed));
  made.set(old);
  return made;
}
