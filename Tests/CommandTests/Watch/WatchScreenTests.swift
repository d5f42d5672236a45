import digitctl
import EventFeed
import Events
import TestSupport
import Testing
import Wording

@Suite struct WatchScreenTests {
  private func lines(
    _ updates: [EventClient.Update], _ width: Int, _ height: Int, glyphs: Glyphs = .unicode, keys: [Key] = []
  ) -> [String] {
    var watch = WatchSamples.watch(updates)
    for key in keys { _ = watch.press(key) }
    return WatchScreen(glyphs: glyphs).frame(watch, width: width, height: height).lines
  }

  private func text(
    _ updates: [EventClient.Update], _ width: Int, _ height: Int, glyphs: Glyphs = .unicode, keys: [Key] = []
  ) -> String {
    lines(updates, width, height, glyphs: glyphs, keys: keys).joined(separator: "\n")
  }

  @Test func `a whole screen looks like this`() {
    #expect(
      text(WatchSamples.someTalk, 80, 24) == """
         digitd 1.2, model digits                                ● listening to default

                                0 ███▌·················································
                                1 ███▌·················································
                                2 ███▌·················································
              ██████            3 █████████████████████▊·······························
                                4 ███▌·················································
                                5 ███▌·················································
                                6 ███▌·················································
                                7 ███▌·················································
            not sure            8 ███▌·················································
            best guess three    9 ███▌·················································

         level  ████████┊▏···┃▕·················· −58 dBFS   noise −60  threshold −48
         63 s                                                                 ▁   ▁▁
                                                                              █   ██
                                                                           ▇▇▇█▇▇▇██▇▇▇
                                                                              7   –━

         10:00:07  –  not sure, best guess three 41 %        242 ms
         10:00:03  7  seven           98 %  █████████▊    152 ms


         q quit  p freeze  m microphone  h help                1 recognised, 1 rejected
        """)
  }

  @Test func `a whole screen in ASCII looks like this`() {
    #expect(
      text(WatchSamples.someTalk, 80, 24, glyphs: .ascii) == """
         digitd 1.2, model digits                                * listening to default

                                0 ###..................................................
                                1 ###..................................................
                                2 ###..................................................
              ######            3 ######################...............................
                                4 ###..................................................
                                5 ###..................................................
                                6 ###..................................................
                                7 ###..................................................
            not sure            8 ###..................................................
            best guess three    9 ###..................................................

         level  ########:....!|.................. -58 dBFS   noise -60  threshold -48
         63 s
                                                                              #   ##
                                                                           :::#:::##:::
                                                                              7   -=

         10:00:07  -  not sure, best guess three 41 %        242 ms
         10:00:03  7  seven           98 %  ##########    152 ms


         q quit  p freeze  m microphone  h help                1 recognised, 1 rejected
        """)
  }

  @Test func `with spectra the strip is a spectrogram`() {
    #expect(
      lines(WatchSamples.someTalkInColour, 80, 24)[13...21].joined(separator: "\n") == """
         level  ████████┊▏···┃▕·················· −58 dBFS   noise −60  threshold −48
         4 kHz


         50 Hz                                                                █   ██
         63 s                                                                 7   –━

         10:00:07  –  not sure, best guess three 41 %        242 ms
         10:00:03  7  seven           98 %  █████████▊    152 ms
        """)
  }

  @Test func `a spectrogram has two bands a row and the colours of its levels`() throws {
    var encoder = FrameEncoder(colours: .many)
    let watch = WatchSamples.watch(WatchSamples.someTalkInColour)
    let frame = WatchScreen(glyphs: .unicode).frame(watch, width: 80, height: 24)
    let written = String(decoding: encoder.encode(frame), as: UTF8.self)
    // Eight places for 32 bands: the eighth band is in the second place, the upper half of the lowest row. The word is
    // pale, the room black.
    let rows = written.split(separator: "\u{1B}[")
    let lowest = rows.drop { !$0.hasPrefix("18;1H") }.prefix { !$0.hasPrefix("19;1H") }
    #expect(
      lowest.filter { $0.hasPrefix("0;38;5;228") }.map(String.init) == [
        "0;38;5;228;48;5;16m▀", "0;38;5;228;48;5;16m▀▀",
      ])
    #expect(lowest.contains { $0.hasPrefix("0;48;5;16m  ") })
    // One band a row without half blocks.
    let plain = WatchScreen(glyphs: .ascii).frame(watch, width: 80, height: 24)
    encoder.reset()
    let other = String(decoding: encoder.encode(plain), as: UTF8.self)
    #expect(other.contains("48;5;228m ") && !other.contains("▀"))
  }

  @Test(arguments: [(24, 4), (23, 3), (30, 7), (50, 16), (12, 3), (22, nil), (11, nil)])
  func `the spectrogram is as tall as there is room`(height: Int, rows: Int?) {
    let all = lines(WatchSamples.someTalkInColour, 80, height)
    let top = all.firstIndex { $0.hasPrefix(" 4 kHz") }
    let bottom = all.firstIndex { $0.hasPrefix(" 50 Hz") }
    #expect(bottom.flatMap { bottom in top.map { bottom - $0 + 1 } } == rows)
  }

  @Test func `an older daemon that sends no spectra gets the strip of levels`() {
    let later = (100..<130).map { WatchSamples.level(-58, at: Double($0) / 10) }
    #expect(lines(WatchSamples.someTalkInColour + later.prefix(10), 80, 24).contains { $0.hasPrefix(" 4 kHz") })
    #expect(!lines(WatchSamples.someTalkInColour + later, 80, 24).contains { $0.hasPrefix(" 4 kHz") })
  }

  @Test func `a small screen looks like this`() {
    #expect(
      text(WatchSamples.someTalk, 40, 8) == """
                         ● listening to default
         –  not sure, best guess three
         level  █████┊··┃············ −58 dBFS
         10:00:07  –  not sure, best guess three
         10:00:03  7  seven           98 %


         q quit  p freeze  m microphone  h help
        """)
  }

  @Test func `the digit is drawn in blocks`() {
    let frame = lines([WatchSamples.connected, WatchSamples.digit(4, "four", 0.9, at: 1)], 80, 24)
    #expect(
      frame[2...11].map { String($0.prefix(20)).trimmingSuffix() } == [
        "          ██", "        ████", "      ██  ██", "    ██    ██", "    ██████████", "          ██",
        "          ██", "",
        "    four  90 %", "    after 152 ms",
      ])
    #expect(frame[6].contains("4 ██████████"))
  }

  @Test func `before the first digit the screen says what to do`() {
    let frame = lines([WatchSamples.connected], 80, 24)
    #expect(frame[10].hasPrefix("    say a digit"))
    #expect(frame.contains(" level  none yet"))
    #expect(frame.last?.hasSuffix("0 recognised, 0 rejected") == true)
  }

  @Test(arguments: [
    (Event.Device.State.busy, "● another program has the microphone default; waiting for it"),
    (.lost, "● the microphone default is not there; waiting for it"),
    (.denied, "● no permission to use the microphone default"),
    (.stalled, "● no sound comes from the microphone default any more; trying again"),
  ]) func `the state of the microphone is given in words`(state: Event.Device.State, words: String) {
    let updates = [WatchSamples.connected, WatchSamples.device(state, at: 1)]
    #expect(lines(updates, 100, 24).first?.hasSuffix(words) == true)
    let frame = WatchScreen(glyphs: .unicode).frame(WatchSamples.watch(updates), width: 100, height: 24)
    #expect(frame.texts(.bad).contains { $0.contains(words) })
    let back = updates + [WatchSamples.device(.listening, lostMs: 4200, at: 5)]
    #expect(lines(back, 100, 24).first?.hasSuffix("● listening to default") == true)
    #expect(lines(back, 100, 24).contains(" 10:00:05  listening to default, after 4.2 s without sound"))
  }

  @Test func `a condition is shown as long as it lasts`() {
    let silent = { (on: Bool, at: Double) in
      WatchSamples.event(.condition(Event.Condition(condition: .silent, on: on)), at: at)
    }
    let during = [WatchSamples.connected, silent(true, 1)]
    #expect(lines(during, 100, 24).first?.hasSuffix("● nothing but silence: is the microphone muted?") == true)
    #expect(lines(during + [silent(false, 2)], 100, 24).first?.hasSuffix("● listening to default") == true)
  }

  @Test func `a connection that ends is shown, and its level is gone`() {
    struct Closed: Error, CustomStringConvertible { var description: String { "the daemon closed the connection" } }
    let updates = WatchSamples.someTalk + [.disconnected(Closed(), retryIn: .seconds(1))]
    let frame = lines(updates, 80, 24)
    #expect(frame.first?.hasSuffix("● the daemon closed the connection; trying again") == true)
    #expect(frame.contains(" level  none yet"))
    #expect(frame.contains { $0.contains("the daemon closed the connection") && $0.hasPrefix(" 10:00:09") })
  }

  @Test func `a digit is bright for a while`() {
    func bright(after seconds: Double) -> Bool {
      let updates = [
        WatchSamples.connected, WatchSamples.digit(7, "seven", 0.98, at: 1), WatchSamples.level(-60, at: 1 + seconds),
      ]
      let frame = WatchScreen(glyphs: .unicode).frame(WatchSamples.watch(updates), width: 80, height: 24)
      return frame.texts(.good).contains("seven  98 %")
    }
    #expect(bright(after: 2.9))
    #expect(!bright(after: 3))
  }

  @Test func `a digit fades while nothing comes, and not while the picture is frozen`() {
    let screen = WatchScreen(glyphs: .unicode)
    var watch = WatchSamples.watch([WatchSamples.connected, WatchSamples.digit(7, "seven", 0.98, at: 1)])
    func isBright() -> Bool { screen.frame(watch, width: 80, height: 24).texts(.good).contains("seven  98 %") }
    #expect(screen.brightness(of: watch) == 3000)
    watch.passTime(to: WatchSamples.time(3.9))
    #expect(isBright() && screen.brightness(of: watch) == 100)
    _ = watch.press(.character("p"))
    watch.passTime(to: WatchSamples.time(5))
    #expect(isBright() && screen.brightness(of: watch) == nil)
    _ = watch.press(.character("p"))
    #expect(!isBright() && screen.brightness(of: watch) == nil)
  }

  @Test func `a digit has one number, its confidence`() {
    let frame = lines([WatchSamples.connected, WatchSamples.digit(4, "four", 0.9, at: 1)], 80, 24)
    // Above the history.
    #expect(frame.prefix(13).joined().count { $0 == "%" } == 1)
  }

  @Test(arguments: [(40, 12), (80, 24)], [true, false])
  func `the help fits`(size: (width: Int, height: Int), isUnicode: Bool) {
    let frame = lines(
      WatchSamples.someTalk, size.width, size.height, glyphs: isUnicode ? .unicode : .ascii, keys: [.character("h")])
    #expect(
      frame.dropFirst().dropLast().filter { !$0.isEmpty } == [
        " q, Ctrl-C quit", " p, space  freeze the picture, or go on", " m         close or open the microphone",
        " c         clear the history", " h, ?      this help", " Ctrl-L    draw again",
        " bars      how probable each digit is",
        " level     loudness \(isUnicode ? "┊" : ":") noise \(isUnicode ? "┃" : "!") threshold",
        " picture   last minute, 50 Hz to 4 kHz", " \(isUnicode ? "━" : "=") 7       a word and its digit",
      ])
    #expect(frame.last?.hasPrefix(" q quit  p freeze  m microphone  h help") == true)
  }

  @Test func `a frozen picture stands still, and catches up when it goes on`() {
    var watch = WatchSamples.watch([WatchSamples.connected, WatchSamples.digit(1, "one", 0.9, at: 1)])
    #expect(watch.press(.character("p")) == nil)
    let frozen = WatchScreen(glyphs: .unicode).frame(watch, width: 80, height: 24)
    watch.apply(WatchSamples.digit(2, "two", 0.9, at: 2))
    #expect(WatchScreen(glyphs: .unicode).frame(watch, width: 80, height: 24) == frozen)
    #expect(frozen.lines.last == " q quit  p go on  m microphone  h help                           picture frozen")
    _ = watch.press(.character(" "))
    #expect(WatchScreen(glyphs: .unicode).frame(watch, width: 80, height: 24).lines.contains { $0.contains("2  two") })
  }

  @Test func `over a frozen picture the state of the microphone is the present one`() {
    var watch = WatchSamples.watch([WatchSamples.connected, WatchSamples.level(-60, at: 1)])
    _ = watch.press(.character("p"))
    func frame() -> [String] { WatchScreen(glyphs: .unicode).frame(watch, width: 80, height: 24).lines }
    // It listens: nothing says that it is paused
    #expect(frame()[0].hasSuffix("● listening to default"))
    #expect(!frame().joined().lowercased().contains("pause"))
    watch.apply(WatchSamples.device(.paused, at: 2))
    #expect(frame()[0].hasSuffix("● paused: the microphone default is closed until it is resumed"))
  }

  @Test func `the key m closes the microphone and opens it, also before the daemon has answered`() {
    var watch = WatchSamples.watch([WatchSamples.connected])
    #expect(watch.press(.character("m")) == .pauseListening(true))
    // Pressed again before the first was answered it undoes that
    #expect(watch.press(.character("m")) == .pauseListening(false))
    #expect(watch.press(.character("m")) == .pauseListening(true))
    for _ in 0..<3 { watch.finishRequest(failure: nil) }
    watch.apply(WatchSamples.device(.paused, at: 1))
    #expect(watch.press(.character("m")) == .pauseListening(false))
    // One that is refused changes nothing, and is told
    watch.finishRequest(failure: "not over TCP")
    #expect(watch.board.entries.last?.content == .note("not over TCP", .bad))
    #expect(watch.press(.character("m")) == .pauseListening(false))
  }

  @Test func `keys do what the help says`() {
    var watch = WatchSamples.watch(WatchSamples.someTalk)
    #expect(watch.press(.control("l")) == .redraw)
    #expect(watch.press(.character("h")) == nil && watch.showsHelp)
    #expect(watch.press(.escape) == nil && !watch.showsHelp)
    #expect(watch.press(.character("c")) == nil && watch.board.entries.isEmpty)
    for key in [Key.character("q"), .control("c"), .escape] { #expect(watch.press(key) == .quit) }
    #expect(watch.press(.up) == nil)
    let help = lines([WatchSamples.connected], 80, 24, keys: [.character("?")])
    #expect(help.contains { $0.hasPrefix(" q, Ctrl-C") && $0.hasSuffix("quit") })
  }

  @Test func `control characters are not sent to the terminal`() {
    let hello = Event.Hello(
      version: "1\u{1B}[2J", session: "a", model: "m\n", language: "en", labels: [], device: "d\u{9B}",
      state: .listening)
    let guess = Event.Guess(text: "\u{1B}]0;x\u{7}", digit: 99, confidence: 7, probabilities: [])
    let updates: [EventClient.Update] = [
      .connected(hello),
      WatchSamples.event(.transcript(Event.Transcript(guess: guess, timing: WatchSamples.timing(wait: 1))), at: 1),
      WatchSamples.event(.device(Event.Device(state: .init(rawValue: "\u{1B}c"), name: "\u{1B}c")), at: 2),
    ]
    for line in lines(updates, 80, 24) {
      #expect(!line.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
    }
  }

  /// Whatever is said at whatever size: no crash, and every row as wide as the screen.
  @Test(arguments: 1...100) func `anything can be drawn at any size`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var updates = [WatchSamples.connected]
    for _ in 0..<Int.random(in: 0...80, using: &generator) {
      let at = Double.random(in: -100...1000, using: &generator)
      let digit = Int.random(in: -3...12, using: &generator)
      let value = [Double.nan, .infinity, -.infinity, -200, 0, 40, -37.5].randomElement(using: &generator) ?? 0
      let guess = Event.Guess(text: "x", digit: digit, confidence: value, probabilities: [value, value])
      let timing = Event.Timing(startMs: 900, endMs: 800 * digit, decidedMs: 700, computeMs: value)
      let candidates: [Event] = [
        .transcript(Event.Transcript(guess: guess, timing: timing)),
        .notDetected(Event.NotDetected(reason: .tooLong, bestGuess: digit > 3 ? guess : nil, timing: timing)),
        .level(
          Event.Level(rmsDBFS: value, peakDBFS: value, noiseFloorDBFS: value, thresholdDBFS: value, speech: digit > 5)),
        .spectrum(
          Event.Spectrum(timestamp: 0, bandsDBFS: Array(repeating: digit > 5 ? .max : -60, count: digit > 0 ? 32 : 3))),
        .condition(Event.Condition(condition: .clipping, on: digit > 5)), .dropped(Event.Dropped(count: digit)),
        .device(Event.Device(state: .busy, name: "マイク", lostMs: digit)),
      ]
      if let event = candidates.randomElement(using: &generator) { updates.append(WatchSamples.event(event, at: at)) }
    }
    let (width, height) = (Int.random(in: 0...130, using: &generator), Int.random(in: 0...50, using: &generator))
    for glyphs in [Glyphs.unicode, .ascii] {
      let frame = lines(updates, width, height, glyphs: glyphs)
      #expect(frame.count == height)
      #expect(frame.allSatisfy { columns($0) <= width })
    }
  }
}

extension String {
  fileprivate func trimmingSuffix() -> String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
