// A mel spectrogram for display: 8 kHz, windows of 32 ms. The network's own features are computed by the server.

import { edges } from "./mel.js";

const size = 512, windowLength = 256, bands = edges.length - 1;
const hann = Float32Array.from({ length: windowLength }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / windowLength));

// The power of the bins 0…size/2 of `size` real samples (J. W. Cooley, J. W. Tukey, 1965; radix 2, in place).
const reversed = Uint16Array.from({ length: size }, (_, i) => {
  let r = 0;
  for (let bit = 1, k = i; bit < size; bit <<= 1, k >>= 1) r = (r << 1) | (k & 1);
  return r;
});
const cosines = Float32Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
const sines = Float32Array.from({ length: size / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / size));
const re = new Float32Array(size), im = new Float32Array(size);

function transform() {
  for (let length = 2; length <= size; length <<= 1) {
    const step = size / length, half = length / 2;
    for (let start = 0; start < size; start += length) {
      for (let k = 0; k < half; k++) {
        const a = start + k, b = a + half, c = cosines[k * step], s = sines[k * step];
        const x = re[b] * c - im[b] * s, y = re[b] * s + im[b] * c;
        re[b] = re[a] - x; im[b] = im[a] - y;
        re[a] += x; im[a] += y;
      }
    }
  }
}

// For each band its first bin and the one after its last, where `bins` bins cover 0 Hz to half of the rate.
export function bandBins(rate, bins) {
  const bin = (hertz) => (hertz / (rate / 2)) * (bins - 1);
  return Array.from({ length: bands }, (_, band) => {
    const from = Math.floor(bin(edges[band]));
    return [from, Math.max(from + 1, Math.ceil(bin(edges[band + 1])))];
  });
}
const bandsAt8kHz = bandBins(8000, size / 2 + 1);

// samples: 8 kHz. Gives { columns, bands, values } with dB under the loudest point, [column * bands + band].
export function melSpectrogram(samples, most = 1000) {
  const hop = Math.max(64, Math.ceil(samples.length / most));
  const columns = Math.max(1, Math.ceil(samples.length / hop));
  const values = new Float32Array(columns * bands);
  let loudest = 1e-12;
  for (let column = 0; column < columns; column++) {
    re.fill(0); im.fill(0);
    const start = column * hop - windowLength / 2;
    for (let i = 0; i < windowLength; i++) {
      const at = start + i;
      // Pre-emphasis, as the features have it, to show the hiss of an s.
      const x = at > 0 && at < samples.length ? samples[at] - 0.97 * samples[at - 1] : 0;
      re[reversed[i]] = x * hann[i];
    }
    transform();
    for (let band = 0; band < bands; band++) {
      const [from, to] = bandsAt8kHz[band];
      let power = 0;
      for (let bin = from; bin < to; bin++) power += re[bin] * re[bin] + im[bin] * im[bin];
      power /= to - from;
      values[column * bands + band] = power;
      if (power > loudest) loudest = power;
    }
  }
  for (let i = 0; i < values.length; i++) values[i] = 10 * Math.log10(Math.max(values[i], 1e-20) / loudest);
  return { columns, bands, values };
}

// Black → violet → orange → pale yellow, evenly brighter: points of "inferno" (N. Smith, S. van der Walt, 2015).
const points = [[0, 0, 4], [31, 12, 72], [85, 15, 109], [136, 34, 106], [186, 54, 85], [227, 89, 51], [249, 140, 10], [249, 201, 50], [252, 255, 164]];
export const colours = Uint32Array.from({ length: 256 }, (_, i) => {
  const at = (i / 255) * (points.length - 1), low = Math.min(points.length - 2, Math.floor(at)), part = at - low;
  const [r, g, b] = points[low].map((value, c) => Math.round(value + part * (points[low + 1][c] - value)));
  return (255 << 24) | (b << 16) | (g << 8) | r;
});

// The picture of a spectrogram, one pixel a value, to be drawn at any size; `range` dB from black to pale.
export function picture({ columns, bands, values }, range = 65) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [columns, bands];
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, bands);
  const pixels = new Uint32Array(image.data.buffer);
  for (let column = 0; column < columns; column++) {
    for (let band = 0; band < bands; band++) {
      const share = Math.max(0, Math.min(1, 1 + values[column * bands + band] / range));
      pixels[(bands - 1 - band) * columns + column] = colours[Math.round(255 * share)];
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
