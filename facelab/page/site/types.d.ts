/** What the modules hand to each other. Types alone: nothing of it reaches the browser. */

/** The pixels of one frame: `rgba` holds width × height × 4 bytes, 0 to 255, alpha 255. */
export interface Frame {
  rgba: Uint8ClampedArray;
  width: number;
  height: number;
}

/** What is seen on a frame. Faces are [left, top, right, bottom, score] in its pixels, the main one first. */
export interface Seen {
  faces: number[][];
  remark: string;
}

/** And what models say of it: the probability of each of their people; all 0 is nobody. */
export interface Answer extends Seen {
  answers: Map<string, number[]>;
}

/** Told of new points from update `from` on; returns whether to stop. */
export type Tell = (from: number, loss: ArrayLike<number>, accuracy: ArrayLike<number>) => boolean;

/** Where frames are looked at and models are trained: this computer, or this browser. */
export interface Engine {
  name: EngineName;
  describe(frame: Frame): Promise<Seen>;
  /** `waiting` is told what it does before the first update, in a line. */
  learn(lesson: { id: string; parameters: Settings; seed: number }, tell: Tell, waiting?: (line: string) => void): Promise<Model>;
  /** `follow`: 0 for a frame of its own, else the number of the showing whose face is followed. */
  answer(models: string[], frame: Frame, follow: number): Promise<Answer>;
}

export type EngineName = 'computer' | 'browser';

/** The parameters of a training, by the server's names. */
export interface Settings {
  learning_rate: number;
  epochs: number;
  batch_size: number;
}

/** What a field of the parameters may be. */
export interface Parameter {
  field: string;
  name: string;
  low: number;
  high: number;
  openLow: boolean;
  whole: boolean;
  default: number;
  meaning: string;
}

/** A training that the server keeps. */
export interface Model {
  id: string;
  name: string;
  engine: EngineName | 'file';
  parameters: Partial<Settings> | null;
  seed: number | null;
  people: string[];
  photos: number;
  updates: number;
  total: number;
  interrupted: boolean;
  loss: number | null;
  accuracy: number | null;
  fingerprint: string;
  /** Whether it lies on the server's disk. */
  saved: boolean;
}

export interface Photo {
  file: string;
  set: string;
  sha256: string;
  taken: string;
  burst: string;
  /** Whether a face is found on it; null as long as that is not known. */
  face: boolean | null;
}

export interface Person {
  name: string;
  consent: null | { when: string; sentence: string };
  photos: Photo[];
}

/** What the server tells of the gallery and of the models. */
export interface State {
  gallery: string;
  writable: boolean;
  why: string;
  revision: number;
  fingerprint: string;
  sentence: string;
  /** The probability from which on a name is decided on. */
  certainty: number;
  people: Person[];
  parameters: Parameter[];
  seed: Parameter;
  tensorflowjs: { available: boolean; how: string };
  models: Model[];
  /** Those that run on the server. */
  trainings: { id: string; parameters: Settings; seed: number }[];
}
