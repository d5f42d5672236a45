// Reads and writes sound files.

// The rate of a WAV or FLAC file, so that it is not resampled; 48 kHz for other files.
function rateOf(bytes) {
  const view = new DataView(bytes);
  const tag = (at) => (at + 4 <= view.byteLength ? String.fromCharCode(...new Uint8Array(bytes, at, 4)) : "");
  let rate = 48000;
  if (tag(0) === "RIFF" && tag(8) === "WAVE") {
    for (let at = 12; at + 16 <= view.byteLength; at += 8 + view.getUint32(at + 4, true) + (view.getUint32(at + 4, true) & 1)) {
      if (tag(at) === "fmt ") { rate = view.getUint32(at + 12, true); break; }
    }
  } else if (tag(0) === "fLaC" && view.byteLength > 22) {
    rate = view.getUint32(18) >>> 12;
  }
  return rate >= 8000 && rate <= 96000 ? rate : 48000;
}

// Full scale: 1, or a recorder's peak beyond it, or that of integers written as floats.
function fullScale(samples) {
  let peak = 1;
  for (const sample of samples) if (Math.abs(sample) > peak && Math.abs(sample) < 2 ** 33) peak = Math.abs(sample);
  if (peak <= 32) return peak;
  return Math.max(peak, [2 ** 15, 2 ** 23, 2 ** 31].find((scale) => peak <= 1.5 * scale) ?? peak);
}

// Decodes a file to mono samples; throws if the browser cannot read it.
export async function decode(file) {
  const bytes = await file.arrayBuffer();
  const context = new OfflineAudioContext(1, 1, rateOf(bytes));
  const buffer = await context.decodeAudioData(bytes);
  const samples = new Float32Array(buffer.length);
  for (let channel = 0; channel < buffer.numberOfChannels; channel++) {
    const data = buffer.getChannelData(channel);
    for (let i = 0; i < data.length; i++) samples[i] += data[i] / buffer.numberOfChannels;
  }
  const scale = fullScale(samples);
  if (scale > 1) for (let i = 0; i < samples.length; i++) samples[i] /= scale;
  return { samples, rate: buffer.sampleRate };
}

// The same sound at 8 kHz, for the picture.
export async function at8kHz({ samples, rate }) {
  if (rate === 8000) return samples;
  const context = new OfflineAudioContext(1, Math.max(1, Math.ceil((samples.length * 8000) / rate)), 8000);
  const source = context.createBufferSource();
  source.buffer = new AudioBuffer({ length: samples.length, sampleRate: rate, numberOfChannels: 1 });
  source.buffer.copyToChannel(samples, 0);
  source.connect(context.destination);
  source.start();
  return (await context.startRendering()).getChannelData(0);
}

// Mono samples as a WAV file of 16 bits.
export function wav(samples, rate) {
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const text = (at, word) => [...word].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  text(0, "RIFF"); view.setUint32(4, 36 + 2 * samples.length, true); text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, rate, true); view.setUint32(28, 2 * rate, true); view.setUint16(32, 2, true); view.setUint16(34, 16, true);
  text(36, "data"); view.setUint32(40, 2 * samples.length, true);
  for (let i = 0; i < samples.length; i++) {
    view.setInt16(44 + 2 * i, Math.max(-32768, Math.min(32767, Math.round(samples[i] * 32768))), true);
  }
  return view.buffer;
}

// Like fetch; if the server does not answer, the error has a sentence for a person.
export async function ask(path, options) {
  try {
    return await fetch(path, options);
  } catch {
    throw new Error("digitctl serve does not answer");
  }
}

// Sends a sound file to be recognised. Throws an error with the server's own sentence.
export async function classify(body, query = "") {
  const answer = await ask(`v1/classify${query}`, { method: "POST", body, headers: { "Content-Type": "application/octet-stream" } });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.detail ?? `the server answered ${answer.status}`);
  const digit = said.digit ?? (said.digits || said.best_guess);
  return { ...said, guess: digit === undefined ? null : { digit, text: said.text ?? said.best_guess_text, confidence: said.confidence, probabilities: said.probabilities } };
}
