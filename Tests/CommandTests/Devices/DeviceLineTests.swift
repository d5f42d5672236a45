import digitctl
import Testing

@Suite struct DeviceLineTests {
  private let devices = [
    DeviceLine(
      name: "plughw:CARD=Snowball,DEV=0", description: "Blue Snowball, USB Audio",
      ability: .usable(formats: ["S16_LE"], rates: [16_000, 22_050, 44_100], channels: 1...2)),
    DeviceLine(
      name: "default", description: "two\nlines",
      ability: .unusable(state: "busy", detail: "arecord (process 7) has it")),
  ]

  @Test func `a person gets a block of lines`() {
    #expect(
      DeviceLine.text(devices) == """
        plughw:CARD=Snowball,DEV=0
            Blue Snowball, USB Audio
            16, 22.05, 44.1 kHz, 1 to 2 channels, S16_LE
        default
            two\u{FFFD}lines
            cannot be used: arecord (process 7) has it
        """)
  }

  @Test func `marks and level follow the description`() {
    var marked = devices[0]
    marked.marks = [.isDefault, .isDaemons, .inUse(by: ["arecord (process 7)"])]
    marked.level = .heard(rmsDBFS: -40.2, peakDBFS: -21)
    #expect(
      DeviceLine.text([marked]).split(separator: "\n").map(String.init) == [
        "plughw:CARD=Snowball,DEV=0  (the default; configured for digitd; in use by arecord (process 7))",
        "    Blue Snowball, USB Audio", "    16, 22.05, 44.1 kHz, 1 to 2 channels, S16_LE",
        "    ██████████░░░░░░░░░░ -40 dBFS, at most -21",
      ])
    #expect(
      marked.json.hasSuffix(
        #""default": true, "daemon": true, "in_use_by": ["arecord (process 7)"], "rms_dbfs": -40.2, "peak_dbfs": -21.0}"#
      )
    )
    marked.level = .heard(rmsDBFS: -200, peakDBFS: -200)
    #expect(DeviceLine.text([marked]).hasSuffix("nothing at all: is it muted?"))
    marked.level = .unheard("no sound comes")
    #expect(DeviceLine.text([marked]).hasSuffix("not heard: no sound comes"))
    #expect(marked.json.hasSuffix(#""level_error": "no sound comes"}"#))
  }

  @Test func `the line to paste names a device that can be used and is not chosen yet`() {
    var chosen = devices[0]
    chosen.name = "plughw:CARD=Chosen,DEV=0"
    chosen.marks = [.isDaemons]
    let line = "\nDIGITD_DEVICE=plughw:CARD=Snowball,DEV=0"
    #expect(DeviceLine.advice([devices[1], chosen, devices[0]])?.hasSuffix(line) == true)
    #expect(DeviceLine.advice([devices[1], chosen])?.hasSuffix("\nDIGITD_DEVICE=plughw:CARD=Chosen,DEV=0") == true)
    #expect(DeviceLine.advice([devices[1]]) == nil)
  }

  @Test func `a program gets JSON`() {
    #expect(
      devices[0].json
        == #"{"name": "plughw:CARD=Snowball,DEV=0", "description": "Blue Snowball, USB Audio", "usable": true, "#
        + #""formats": ["S16_LE"], "rates": [16000, 22050, 44100], "channels": {"min": 1, "max": 2}, "#
        + #""default": false, "daemon": false, "in_use_by": []}"#)
    #expect(
      devices[1].json
        == #"{"name": "default", "description": "two\nlines", "usable": false, "state": "busy", "#
        + #""detail": "arecord (process 7) has it", "default": false, "daemon": false, "in_use_by": []}"#)
  }
}
