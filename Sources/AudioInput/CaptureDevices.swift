import CALSA
import Glibc

/// A capture PCM of this machine.
package struct CaptureDevice: Sendable, Equatable {
  /// What a microphone supports, or why that is unknown.
  package enum Ability: Sendable, Equatable {
    /// Formats by ALSA's names; the supported ones of the usual rates, in Hz; the fewest and most channels.
    case usable(formats: [String], rates: [Int], channels: ClosedRange<Int>)
    /// One sentence.
    case unusable(DeviceState, detail: String)
  }

  /// The name to open it by, which does not depend on the card's number.
  package var name: String
  package var description: String
  package var ability: Ability
  /// The number of its card; nil if it does not lead to a card of this machine.
  package var card: Int?
  /// The programs that capture from that card now: "arecord (process 123)".
  package var holders: [String]
}

package enum CaptureDevices {
  /// All capture PCMs: those of the cards, `default`, and those in the configuration. Querying them does not disturb
  /// programs that capture.
  package static func list() -> [CaptureDevice] {
    calsa_silence()
    var names: [(name: String, description: String)] = []
    func add(_ name: String, _ description: String) {
      if !names.contains(where: { $0.name == name }) { names.append((name, description)) }
    }
    for hint in hints() where hint.name == "default" { add(hint.name, hint.description) }
    for card in cards() { add(card.name, card.description) }
    for hint in hints() where !isDerived(hint.name) { add(hint.name, hint.description) }
    return names.map { device(named: $0.name, description: $0.description) }
  }

  /// One device, which need not be in the list.
  package static func device(named name: String, description: String = "") -> CaptureDevice {
    calsa_silence()
    let diagnosis = DeviceDiagnosis()
    let (ability, card) = ability(of: name)
    let number = card ?? diagnosis.card(of: name)
    return CaptureDevice(
      name: name, description: description, ability: ability, card: number,
      holders: number.map { diagnosis.holders(device: "hw:\($0)") } ?? [])
  }

  /// libasound lists each card a dozen times, once for each of its plugins, and a `null` device.
  private static func isDerived(_ name: String) -> Bool {
    let words = [
      "hw", "plughw", "sysdefault", "front", "dsnoop", "usbstream", "surround", "iec958", "null", "lavrate",
      "samplerate", "speexrate", "speex", "jack", "oss", "upmix", "vdownmix", "snd_aloop",
    ]
    let word = name.prefix { $0 != ":" }
    return words.contains(String(word))
  }

  /// PCMs that the configuration offers for capture.
  private static func hints() -> [(name: String, description: String)] {
    var list: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    guard snd_device_name_hint(-1, "pcm", &list) >= 0, let list else { return [] }
    defer { snd_device_name_free_hint(list) }
    var found: [(String, String)] = []
    var index = 0
    while let hint = list[index] {
      index += 1
      // No IOID: both directions.
      guard let name = value(hint, "NAME"), (value(hint, "IOID") ?? "Input") == "Input" else { continue }
      found.append((name, value(hint, "DESC").map(oneLine) ?? name))
    }
    return found
  }

  private static func value(_ hint: UnsafeRawPointer, _ key: String) -> String? {
    guard let text = snd_device_name_get_hint(hint, key) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }

  private static func oneLine(_ text: String) -> String {
    text.split(separator: "\n").joined(separator: ", ")
  }

  /// The capture devices of the cards, by the cards' names.
  private static func cards() -> [(name: String, description: String)] {
    var found: [(String, String)] = []
    var card: CInt = -1
    while snd_card_next(&card) >= 0, card >= 0 {
      var opened: OpaquePointer?
      guard snd_ctl_open(&opened, "hw:\(card)", CInt(SND_CTL_NONBLOCK)) >= 0, let control = opened else { continue }
      defer { snd_ctl_close(control) }
      found += devices(of: control)
    }
    return found
  }

  private static func devices(of control: OpaquePointer) -> [(name: String, description: String)] {
    var cardInfo: OpaquePointer?
    var pcmInfo: OpaquePointer?
    guard snd_ctl_card_info_malloc(&cardInfo) >= 0, snd_pcm_info_malloc(&pcmInfo) >= 0, let cardInfo, let pcmInfo
    else { return [] }
    defer {
      snd_ctl_card_info_free(cardInfo)
      snd_pcm_info_free(pcmInfo)
    }
    guard snd_ctl_card_info(control, cardInfo) >= 0 else { return [] }
    let id = String(cString: snd_ctl_card_info_get_id(cardInfo))
    let cardName = String(cString: snd_ctl_card_info_get_name(cardInfo))
    var found: [(String, String)] = []
    var device: CInt = -1
    while snd_ctl_pcm_next_device(control, &device) >= 0, device >= 0 {
      snd_pcm_info_set_device(pcmInfo, UInt32(device))
      snd_pcm_info_set_subdevice(pcmInfo, 0)
      snd_pcm_info_set_stream(pcmInfo, SND_PCM_STREAM_CAPTURE)
      guard snd_ctl_pcm_info(control, pcmInfo) >= 0 else { continue }
      let pcmName = String(cString: snd_pcm_info_get_name(pcmInfo))
      found.append(("plughw:CARD=\(id),DEV=\(device)", "\(cardName), \(pcmName)"))
    }
    return found
  }

  /// Queries a PCM. For `plughw` the card itself is queried, because a plug claims to support everything.
  private static func ability(of name: String) -> (CaptureDevice.Ability, card: Int?) {
    let asked = name.hasPrefix("plughw:") ? String(name.dropFirst(4)) : name
    var opened: OpaquePointer?
    let result = snd_pcm_open(&opened, asked, SND_PCM_STREAM_CAPTURE, CInt(SND_PCM_NONBLOCK))
    guard result >= 0, let pcm = opened else {
      let diagnosis = DeviceDiagnosis()
      let fault = diagnosis.fault(errno: -result, device: name)
      return (.unusable(fault.state, detail: diagnosis.describe(fault, device: name)), nil)
    }
    defer { snd_pcm_close(pcm) }
    let card = card(of: pcm)
    var allocated: OpaquePointer?
    guard snd_pcm_hw_params_malloc(&allocated) >= 0, let hw = allocated else {
      return (.unusable(.lost, detail: "no memory to query \(name)"), card)
    }
    defer { snd_pcm_hw_params_free(hw) }
    guard snd_pcm_hw_params_any(pcm, hw) >= 0 else {
      return (.unusable(.lost, detail: "the microphone \(name) does not report its parameters"), card)
    }
    snd_pcm_hw_params_set_rate_resample(pcm, hw, 0)
    let formats = SampleFormat.allCases.filter { snd_pcm_hw_params_test_format(pcm, hw, $0.alsa) == 0 }
    let rates = [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000]
      .filter { snd_pcm_hw_params_test_rate(pcm, hw, UInt32($0), 0) == 0 }
    var least: UInt32 = 0
    var most: UInt32 = 0
    snd_pcm_hw_params_get_channels_min(hw, &least)
    snd_pcm_hw_params_get_channels_max(hw, &most)
    let ability = CaptureDevice.Ability.usable(
      formats: formats.map(\.name), rates: rates, channels: Int(least)...Int(max(least, most)))
    return (ability, card)
  }

  /// The card behind an open PCM; nil if there is none, as for a sound server.
  private static func card(of pcm: OpaquePointer) -> Int? {
    var allocated: OpaquePointer?
    guard snd_pcm_info_malloc(&allocated) >= 0, let info = allocated else { return nil }
    defer { snd_pcm_info_free(info) }
    guard snd_pcm_info(pcm, info) >= 0 else { return nil }
    let card = snd_pcm_info_get_card(info)
    return card >= 0 ? Int(card) : nil
  }
}
