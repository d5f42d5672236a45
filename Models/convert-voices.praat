# Says recordings again with other voices: reads a comma-separated list of in, out, formants, pitch, pace.
#   formants: the vocal tract's resonances times this; pitch: the new median in Hz; pace: the new duration times this.
# (Praat's "Change gender": pitch-synchronous overlap-add at another sampling rate, by P. Boersma.)
form List
  sentence File
endform
table = Read Table from comma-separated file: file$
rows = Get number of rows
for row to rows
  selectObject: table
  in$ = Get value: row, "in"
  out$ = Get value: row, "out"
  formants = Get value: row, "formants"
  pitch = Get value: row, "pitch"
  pace = Get value: row, "pace"
  sound = Read from file: in$
  rate = Get sampling frequency
  # What has no voice is put together at random: always the same way, so that the same call makes the same files.
  random_initializeWithSeedUnsafelyButPredictably (row)
  converted = nowarn Change gender: 65, 600, formants, pitch, 1, pace
  Scale peak: 0.7
  nowarn Save as WAV file: out$
  removeObject: sound, converted
endfor
