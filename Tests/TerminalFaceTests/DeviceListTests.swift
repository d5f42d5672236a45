import TerminalFace
import Testing

@Suite struct DeviceListTests {
  private let devices = [
    DeviceLine(
      name: "plughw:CARD=Snowball,DEV=0", description: "Blue Snowball, USB Audio",
      ability: .usable(formats: ["S16_LE"], rates: [16_000, 22_050, 44_100], channels: 1...2)),
    DeviceLine(
      name: "default", description: "two\nlines",
      ability: .unusable(state: "busy", detail: "arecord (process 7) has it")),
  ]

  @Test func forAPerson() {
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

  @Test func forAProgram() {
    #expect(
      devices[0].json
        == #"{"name": "plughw:CARD=Snowball,DEV=0", "description": "Blue Snowball, USB Audio", "usable": true, "#
        + #""formats": ["S16_LE"], "rates": [16000, 22050, 44100], "channels": {"min": 1, "max": 2}}"#)
    #expect(
      devices[1].json
        == #"{"name": "default", "description": "two\nlines", "usable": false, "state": "busy", "#
        + #""detail": "arecord (process 7) has it"}"#)
  }
}
