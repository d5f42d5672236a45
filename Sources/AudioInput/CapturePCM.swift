import CALSA
import Glibc

/// An open ALSA capture stream: the calls of libasound and nothing else. For one thread at a time.
final class CapturePCM: CaptureStream {
  let format: SampleFormat
  let channels: Int
  let sampleRate: Int
  let bufferFrames: Int

  private let handle: OpaquePointer
  private var mixer: ChannelMixer
  private let raw: UnsafeMutableRawBufferPointer
  /// The samples as floats.
  private let frames: UnsafeMutableBufferPointer<Float>
  private let mono: UnsafeMutableBufferPointer<Float>
  /// libasound's descriptors, then the caller's.
  private let descriptors: UnsafeMutableBufferPointer<pollfd>

  static let bufferMicroseconds: UInt32 = 500_000
  /// Each period wakes a sound server and its client library, even while this process rests; at 10 ms that alone costs
  /// half a percent of a core. The longer period adds 10 ms of latency.
  static let periodMicroseconds: UInt32 = 30_000
  private static let rates: [UInt32] = [16_000, 8000, 32_000, 44_100, 48_000]

  /// Opens and configures the device without starting it.
  ///
  /// - Parameters:
  ///   - channel: which channel to take, from 1; nil for the mean of as few channels as the device has, but not one that
  ///     is a mean already.
  ///   - interrupt: a descriptor that ends a wait when it becomes readable.
  init(name: String, channel: Int?, interrupt: CInt) throws(CaptureOpenError) {
    var opened: OpaquePointer?
    // Non-blocking: a device in use returns EBUSY instead of waiting.
    let result = snd_pcm_open(&opened, name, SND_PCM_STREAM_CAPTURE, CInt(SND_PCM_NONBLOCK))
    guard result >= 0, let handle = opened else { throw .failed(call: "snd_pcm_open", errno: -result) }
    let setup: Setup
    do {
      setup = try Self.configure(handle, channel: channel)
    } catch {
      snd_pcm_close(handle)
      throw error
    }
    self.handle = handle
    mixer = ChannelMixer(channels: setup.channels, sampleRate: setup.sampleRate, channel: channel.map { $0 - 1 })
    format = setup.format
    channels = setup.channels
    sampleRate = setup.sampleRate
    bufferFrames = setup.bufferFrames
    // A backlog is read in pieces of at least one rest.
    let most = setup.sampleRate * Attention.longestRest / 1000 + max(setup.periodFrames, 1) * 4
    raw = .allocate(byteCount: most * setup.channels * setup.format.bytes, alignment: 16)
    raw.initializeMemory(as: UInt8.self, repeating: 0)
    frames = .allocate(capacity: most * setup.channels)
    frames.initialize(repeating: 0)
    mono = .allocate(capacity: most)
    mono.initialize(repeating: 0)
    descriptors = .allocate(capacity: max(0, Int(snd_pcm_poll_descriptors_count(handle))) + 1)
    descriptors.initialize(repeating: pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0))
  }

  deinit {
    snd_pcm_close(handle)
    raw.deallocate()
    frames.deallocate()
    mono.deallocate()
    descriptors.deallocate()
  }

  func start() -> CInt {
    if snd_pcm_state(handle) != SND_PCM_STATE_PREPARED {
      let prepared = snd_pcm_prepare(handle)
      if prepared < 0 { return -prepared }
    }
    let started = snd_pcm_start(handle)
    return started < 0 ? -started : 0
  }

  func resume() -> CInt {
    let result = snd_pcm_resume(handle)
    return result < 0 ? -result : 0
  }

  var longestRest: Int { min(Attention.longestRest, bufferFrames * 250 / sampleRate) }

  func wait(milliseconds: Int) -> CaptureWait {
    guard let base = descriptors.baseAddress else { return .failed(errno: EINVAL) }
    let own = descriptors.count - 1
    let filled = snd_pcm_poll_descriptors(handle, base, UInt32(own))
    guard filled >= 0 else { return .failed(errno: -filled) }
    descriptors[own].revents = 0
    // The interrupting descriptor goes last; the order does not matter to poll.
    let result = poll(base, nfds_t(descriptors.count), CInt(clamping: milliseconds))
    if result < 0 { return errno == EINTR ? .timeOut : .failed(errno: errno) }
    if descriptors[own].revents != 0 { return .interrupted }
    if result == 0 { return .timeOut }
    var events: UInt16 = 0
    let written = snd_pcm_poll_descriptors_revents(handle, base, UInt32(own), &events)
    guard written >= 0 else { return .failed(errno: -written) }
    if Int32(events) & (POLLIN | POLLERR | POLLHUP | POLLNVAL) == 0 { return .timeOut }
    if Int32(events) & POLLIN == 0 {
      // There is no error code; the state shows which error it is.
      switch snd_pcm_state(handle) {
      case SND_PCM_STATE_XRUN: return .failed(errno: EPIPE)
      case SND_PCM_STATE_SUSPENDED: return .failed(errno: ESTRPIPE)
      case SND_PCM_STATE_DISCONNECTED: return .failed(errno: ENODEV)
      default: return .failed(errno: EIO)
      }
    }
    return .ready
  }

  func read() -> CaptureReading {
    let got = snd_pcm_readi(handle, raw.baseAddress, UInt(mono.count))
    if got < 0 { return .failed(errno: CInt(-got)) }
    guard got > 0, let bytes = raw.baseAddress, let numbers = frames.baseAddress, let samples = mono.baseAddress else {
      return .failed(errno: EAGAIN)
    }
    format.decode(bytes, count: got * channels, into: numbers)
    mixer.mix(numbers, count: got, into: samples)
    return .samples(UnsafeBufferPointer(rebasing: mono[..<got]), drained: got < mono.count)
  }

  func takeFinding() -> ChannelFinding? { mixer.takeFinding() }
}

extension CapturePCM {
  struct Setup {
    var format: SampleFormat
    var channels: Int
    var sampleRate: Int
    var periodFrames: Int
    var bufferFrames: Int
  }

  private static func check(_ call: String, _ result: CInt) throws(CaptureOpenError) {
    if result < 0 { throw .failed(call: call, errno: -result) }
  }

  private static func configure(_ pcm: OpaquePointer, channel: Int?) throws(CaptureOpenError) -> Setup {
    var allocated: OpaquePointer?
    try check("snd_pcm_hw_params_malloc", snd_pcm_hw_params_malloc(&allocated))
    guard let hw = allocated else { throw .failed(call: "snd_pcm_hw_params_malloc", errno: ENOMEM) }
    defer { snd_pcm_hw_params_free(hw) }
    try check("snd_pcm_hw_params_any", snd_pcm_hw_params_any(pcm, hw))
    try check(
      "snd_pcm_hw_params_set_access", snd_pcm_hw_params_set_access(pcm, hw, SND_PCM_ACCESS_RW_INTERLEAVED))

    guard let format = SampleFormat.allCases.first(where: { snd_pcm_hw_params_test_format(pcm, hw, $0.alsa) == 0 })
    else { throw .noFormat }
    try check("snd_pcm_hw_params_set_format", snd_pcm_hw_params_set_format(pcm, hw, format.alsa))

    var channels = try setChannels(pcm, hw, channel: channel)
    try setRate(pcm, hw)
    // The device may change these values, as long as it accepts all of them.
    var microseconds = bufferMicroseconds
    snd_pcm_hw_params_set_buffer_time_near(pcm, hw, &microseconds, nil)
    microseconds = periodMicroseconds
    snd_pcm_hw_params_set_period_time_near(pcm, hw, &microseconds, nil)
    try check("snd_pcm_hw_params", snd_pcm_hw_params(pcm, hw))

    var rate: UInt32 = 0
    var period: snd_pcm_uframes_t = 0
    var buffer: snd_pcm_uframes_t = 0
    try check("snd_pcm_hw_params_get_rate", snd_pcm_hw_params_get_rate(hw, &rate, nil))
    try check("snd_pcm_hw_params_get_channels", snd_pcm_hw_params_get_channels(hw, &channels))
    try check("snd_pcm_hw_params_get_period_size", snd_pcm_hw_params_get_period_size(hw, &period, nil))
    try check("snd_pcm_hw_params_get_buffer_size", snd_pcm_hw_params_get_buffer_size(hw, &buffer))
    try setSoftware(pcm, availableMinimum: period)
    return Setup(
      format: format, channels: Int(channels), sampleRate: Int(rate), periodFrames: Int(period),
      bufferFrames: Int(buffer))
  }

  /// The fewest possible channels: one, or enough to include the requested one; two where one would be a mean.
  private static func setChannels(
    _ pcm: OpaquePointer, _ hw: OpaquePointer, channel: Int?
  ) throws(CaptureOpenError) -> UInt32 {
    var most: UInt32 = 0
    try check("snd_pcm_hw_params_get_channels_max", snd_pcm_hw_params_get_channels_max(hw, &most))
    if let channel, channel < 1 || channel > Int(most) { throw .noSuchChannel(channel, of: Int(most)) }
    var least = UInt32(channel ?? (most > 1 && mixes(pcm) ? 2 : 1))
    try check("snd_pcm_hw_params_set_channels_min", snd_pcm_hw_params_set_channels_min(pcm, hw, &least))
    var channels: UInt32 = 0
    try check("snd_pcm_hw_params_set_channels_first", snd_pcm_hw_params_set_channels_first(pcm, hw, &channels))
    return channels
  }

  /// Whether one channel of it would be the mean of several. Where they cancel each other that is silence, and nobody could
  /// tell why; `ChannelMixer` can. If it has a single channel, both of two are that one.
  private static func mixes(_ pcm: OpaquePointer) -> Bool {
    switch snd_pcm_type(pcm) {
    // A sound server.
    case SND_PCM_TYPE_IOPLUG: return true
    // Over a card. Over something else, like a file, two channels may be another sound than one.
    case SND_PCM_TYPE_PLUG:
      var allocated: OpaquePointer?
      guard snd_pcm_info_malloc(&allocated) == 0, let info = allocated else { return false }
      defer { snd_pcm_info_free(info) }
      return snd_pcm_info(pcm, info) == 0 && snd_pcm_info_get_card(info) >= 0
    default: return false
    }
  }

  /// 16 kHz, or the nearest rate of the hardware: our resampler is better than that of libasound's plug.
  private static func setRate(_ pcm: OpaquePointer, _ hw: OpaquePointer) throws(CaptureOpenError) {
    for conversion: UInt32 in [0, 1] {
      snd_pcm_hw_params_set_rate_resample(pcm, hw, conversion)
      if let rate = rates.first(where: { snd_pcm_hw_params_test_rate(pcm, hw, $0, 0) == 0 }) {
        return try check("snd_pcm_hw_params_set_rate", snd_pcm_hw_params_set_rate(pcm, hw, rate, 0))
      }
    }
    var near: UInt32 = 48_000
    try check("snd_pcm_hw_params_set_rate_near", snd_pcm_hw_params_set_rate_near(pcm, hw, &near, nil))
  }

  /// Wake at each period; start only on request.
  private static func setSoftware(
    _ pcm: OpaquePointer, availableMinimum: snd_pcm_uframes_t
  ) throws(CaptureOpenError) {
    var allocated: OpaquePointer?
    try check("snd_pcm_sw_params_malloc", snd_pcm_sw_params_malloc(&allocated))
    guard let sw = allocated else { throw .failed(call: "snd_pcm_sw_params_malloc", errno: ENOMEM) }
    defer { snd_pcm_sw_params_free(sw) }
    try check("snd_pcm_sw_params_current", snd_pcm_sw_params_current(pcm, sw))
    var boundary: snd_pcm_uframes_t = 0
    try check("snd_pcm_sw_params_get_boundary", snd_pcm_sw_params_get_boundary(sw, &boundary))
    try check(
      "snd_pcm_sw_params_set_start_threshold", snd_pcm_sw_params_set_start_threshold(pcm, sw, boundary))
    try check("snd_pcm_sw_params_set_avail_min", snd_pcm_sw_params_set_avail_min(pcm, sw, availableMinimum))
    try check("snd_pcm_sw_params", snd_pcm_sw_params(pcm, sw))
  }
}
