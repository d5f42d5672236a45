import AudioInput
import Glibc
import TestSupport
import Testing

@Suite struct DeviceDiagnosisTests {
  let folder: TemporaryFolder

  /// A machine with two cards, USB (card 1) being recorded from.
  init() throws {
    folder = try TemporaryFolder()
    for (name, text) in [
      ("dev/snd/pcmC0D0c", ""), ("dev/snd/pcmC0D0p", ""), ("dev/snd/pcmC1D0c", ""), ("dev/snd/controlC0", ""),
      ("proc/asound/card0/pcm0c/sub0/status", "closed\n"),
      ("proc/asound/card0/pcm0p/sub0/status", "state: RUNNING\nowner_pid   : 99\n"),
      ("proc/asound/card1/pcm0c/sub0/status", "state: RUNNING\nowner_pid   : 4711\ntrigger_time: 1.2\n"),
      ("proc/4711/comm", "arecord\n"),
    ] {
      _ = try folder.file(name, Array(text.utf8))
    }
    symlink("card1", "\(folder.path)/proc/asound/USB")
  }

  private func diagnosis(mayOpen: Bool) -> DeviceDiagnosis {
    DeviceDiagnosis(root: folder.path) { _ in mayOpen }
  }

  @Test func `a card is found by number and name`() {
    let diagnosis = diagnosis(mayOpen: true)
    #expect(diagnosis.card(of: "hw:1,0") == 1)
    #expect(diagnosis.card(of: "hw:0") == 0)
    #expect(diagnosis.card(of: "plughw:CARD=USB,DEV=0") == 1)
    #expect(diagnosis.card(of: "sysdefault:USB") == 1)
    #expect(diagnosis.card(of: "hw:Nothing") == nil)
    #expect(diagnosis.card(of: "default") == nil)
  }

  @Test func `the process that holds the device is named`() {
    let diagnosis = diagnosis(mayOpen: true)
    let fault = diagnosis.fault(errno: EBUSY, device: "hw:USB")
    #expect(fault.state == .busy)
    #expect(
      diagnosis.describe(fault, device: "hw:USB") == "the microphone hw:USB is in use by arecord (process 4711)")
    #expect(diagnosis.holders(device: "default") == ["arecord (process 4711)"])
    #expect(diagnosis.describe(fault, device: "hw:0") == "the microphone hw:0 is in use by another program")
  }

  @Test(arguments: [ENOENT, ENODEV, ENXIO, EACCES]) func `a missing permission is told from a missing file`(
    number: Int32
  ) {
    let diagnosis = diagnosis(mayOpen: false)
    let fault = diagnosis.fault(errno: number, device: "hw:1")
    #expect(fault.state == .denied)
    let sentence = diagnosis.describe(fault, device: "hw:1")
    #expect(sentence.hasPrefix("the microphone hw:1 may not be opened: /dev/snd/pcmC1D0c belongs to group "))
    #expect(sentence.hasSuffix(" is not in it"))
  }

  @Test func `a device that does not exist is missing`() {
    let diagnosis = diagnosis(mayOpen: true)
    let fault = diagnosis.fault(errno: ENOENT, device: "hw:7")
    #expect(fault.state == .lost)
    #expect(diagnosis.describe(fault, device: "hw:7") == "there is no microphone hw:7")
    // Nor is a card denied that has no nodes.
    #expect(self.diagnosis(mayOpen: false).fault(errno: ENOENT, device: "hw:7").state == .lost)
  }

  @Test func `an unplugged card is gone, whatever its driver answers`() {
    let diagnosis = diagnosis(mayOpen: true)
    let fault = diagnosis.fault(errno: EIO, device: "hw:USB")
    for device in ["hw:7", "plughw:CARD=Gone,DEV=0"] {
      #expect(diagnosis.describe(fault, device: device) == "the microphone \(device) is gone")
    }
    // A card that is there has another trouble, and a name that names no card tells nothing of one.
    for device in ["hw:USB", "hw:0", "default", "pulse:server"] {
      #expect(diagnosis.describe(fault, device: device) == "the microphone \(device) does not work: Input/output error")
    }
  }

  @Test func `a sound server that is gone is named`() {
    let diagnosis = diagnosis(mayOpen: true)
    let fault = diagnosis.fault(errno: ECONNREFUSED, device: "default")
    #expect(fault.state == .lost)
    #expect(diagnosis.describe(fault, device: "default") == "the sound server behind default does not answer")
  }
}
