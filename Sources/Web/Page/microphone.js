// Records from the browser's microphone and shows the spectrogram meanwhile.

import { bandBins, colours } from "./spectrum.js";
import { surface, colour } from "./show.js";
import { longestPart } from "./limits.js";

// Seconds shown at once.
const shown = 8;

function obstacle() {
  if (!window.isSecureContext) {
    const port = location.port || 8347;
    return `Browsers allow the microphone only to pages from localhost or over TLS. To record on this machine, run here: ssh -L ${port}:localhost:${port} NAME, where NAME is the machine with digitctl serve; then open http://localhost:${port}/.`;
  }
  return navigator.mediaDevices?.getUserMedia ? null : "This browser cannot record.";
}

const sentences = {
  NotAllowedError: "The browser was not allowed to use the microphone.",
  NotFoundError: "This machine has no microphone.",
  NotReadableError: "Another program has the microphone.",
};

export class Microphone {
  // Throws an error with a sentence for a person. `ended` is called when the maximum length is reached.
  static async open(wave, mel, ended) {
    const problem = obstacle();
    if (problem) throw new Error(problem);
    const self = new Microphone();
    try {
      self.stream = await navigator.mediaDevices.getUserMedia({
        // Unprocessed: what browsers do for calls cuts the ends of short words.
        audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 },
      });
    } catch (error) {
      throw new Error(sentences[error.name] ?? `The microphone cannot be used: ${error.message}`);
    }
    try {
      self.context = new AudioContext();
      await self.context.audioWorklet.addModule("recorder.js");
    } catch (error) {
      self.release();
      throw new Error(`The microphone cannot be used: ${error.message}`);
    }
    const source = self.context.createMediaStreamSource(self.stream);
    const recorder = new AudioWorkletNode(self.context, "recorder", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    self.blocks = [];
    self.length = 0;
    recorder.port.onmessage = ({ data }) => {
      self.blocks.push(data);
      self.length += data.length;
      self.peaks.push(data.reduce((peak, x) => Math.max(peak, Math.abs(x)), 0));
      if (self.length > longestPart * self.context.sampleRate) ended();
    };
    source.connect(recorder);
    self.analyser = self.context.createAnalyser();
    self.analyser.fftSize = 2048;
    self.analyser.smoothingTimeConstant = 0.2;
    source.connect(self.analyser);
    self.peaks = [];
    self.show(wave, mel);
    return self;
  }

  // Draws one column of the spectrogram per frame, the newest at the right.
  show(wave, mel) {
    const bins = new Float32Array(this.analyser.frequencyBinCount);
    const bands = bandBins(this.context.sampleRate, bins.length);
    const column = new ImageData(1, bands.length);
    const pixels = new Uint32Array(column.data.buffer);
    const rolling = document.createElement("canvas");
    [rolling.width, rolling.height] = [60 * shown, bands.length];
    const roll = rolling.getContext("2d", { willReadFrequently: true });
    roll.fillStyle = "#000004";
    roll.fillRect(0, 0, rolling.width, rolling.height);
    let drawn = performance.now();
    const draw = () => {
      const columns = Math.floor(((performance.now() - drawn) * 60) / 1000);
      drawn += (columns * 1000) / 60;
      this.analyser.getFloatFrequencyData(bins);
      bands.forEach(([from, to], band) => {
        let level = -200;
        for (let bin = from; bin < to; bin++) level = Math.max(level, bins[bin]);
        // Raises high frequencies; otherwise only vowels would be visible.
        const share = Math.max(0, Math.min(1, (level + 105 + band * 0.12) / 70));
        pixels[bands.length - 1 - band] = colours[Math.round(255 * share)];
      });
      if (columns) roll.drawImage(rolling, -columns, 0);
      for (let i = 1; i <= Math.min(columns, rolling.width); i++) roll.putImageData(column, rolling.width - i, 0);
      const { context, width, height } = surface(mel);
      context.drawImage(rolling, 0, 0, width, height);
      this.drawPeaks(wave);
      this.frame = requestAnimationFrame(draw);
    };
    draw();
  }

  drawPeaks(wave) {
    const { context, width, height } = surface(wave);
    context.clearRect(0, 0, width, height);
    context.fillStyle = colour("main");
    const step = (width * 2048) / this.context.sampleRate / shown;
    this.peaks.slice(-Math.ceil(width / step)).forEach((peak, i, seen) => {
      const tall = Math.max(1, peak * height);
      context.fillRect(width - step * (seen.length - i), (height - tall) / 2, Math.max(1, step - 1), tall);
    });
  }

  release() {
    for (const track of this.stream.getTracks()) track.stop();
    this.context?.close();
  }

  // The recorded sound.
  close() {
    cancelAnimationFrame(this.frame);
    const rate = this.context.sampleRate;
    this.release();
    const samples = new Float32Array(this.length);
    let at = 0;
    for (const block of this.blocks) { samples.set(block, at); at += block.length; }
    return { samples, rate };
  }
}
