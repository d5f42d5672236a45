// The daemon's spectra as a moving picture: a column for every 100 ms, drawn once into a ring buffer and shown at its
// time.

import { colours } from "./spectrum.js";

const columnMs = 100, columns = 640, bands = 32;
// The range from black to pale, in dBFS per band.
const faintest = -90, loudest = -20;

export class Waterfall {
  session = null;
  // The estimated start of the stream on the daemon's wall clock: events are sent late, never early.
  origin = null;
  newest = null;

  constructor() {
    this.ring = document.createElement("canvas");
    [this.ring.width, this.ring.height] = [columns, bands];
    this.context = this.ring.getContext("2d");
    this.image = this.context.createImageData(1, bands);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  // A new connection to the daemon; a restarted daemon has another clock.
  connect(session) {
    if (session !== this.session) this.clear();
    this.session = session;
  }

  clear() {
    this.context.clearRect(0, 0, columns, bands);
    [this.origin, this.newest] = [null, null];
  }

  take({ time, timestamp, bands_dbfs }) {
    if (bands_dbfs.length !== bands) return;
    const began = Date.parse(time) - timestamp;
    // The two clocks drift apart by at most a thousandth.
    const isOther = this.origin === null || began < this.origin || began - this.origin > 2000;
    this.origin = isOther ? began : Math.min(began, this.origin + columnMs / 1000);
    const column = Math.round(timestamp / columnMs);
    if (this.newest === null || column < this.newest || column - this.newest > columns) {
      this.context.clearRect(0, 0, columns, bands);
    } else {
      for (let lost = this.newest + 1; lost < column; lost++) this.context.clearRect(lost % columns, 0, 1, bands);
    }
    bands_dbfs.forEach((level, band) => {
      const share = Math.max(0, Math.min(1, (level - faintest) / (loudest - faintest)));
      this.pixels[bands - 1 - band] = colours[Math.round(255 * share)];
    });
    this.context.putImageData(this.image, column % columns, 0);
    this.newest = column;
  }

  // x(time): the position of a time in pixels; times are on the daemon's wall clock, in ms.
  draw(context, x, height) {
    if (this.newest === null) return;
    const first = Math.max(0, this.newest - columns + 1);
    const at = (column) => x(this.origin + column * columnMs);
    context.imageSmoothingQuality = "high";
    // Where the ring wraps, it is drawn in two pieces.
    const seam = this.newest - (this.newest % columns);
    for (const [from, to] of [[first, seam - 1], [Math.max(first, seam), this.newest]]) {
      if (from > to) continue;
      const left = at(from - 1), width = at(to) - left;
      context.drawImage(this.ring, from % columns, 0, to - from + 1, bands, left, 0, width, height);
    }
  }
}
