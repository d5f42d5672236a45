import AudioInput
import DigitNetwork
import EventFeed
import Events
import NIOCore
import Recognition
import Testing
import VoiceActivity
import Web
import digitctl
import digitd

/// The shipped policy: the settings with which the programs run, in one place. The machines' own tests bring their own.
@Suite struct ShippedPolicyTests {
  /// Milliseconds, but for `recoveries`.
  @Test func `a microphone that stalls is opened again after two seconds, and at most five seconds later`() {
    let settings = CaptureStateMachine.Settings()
    #expect(settings.stall == 2000 && settings.wait == 500)
    #expect(settings.leastPause == 100 && settings.firstPause == 250 && settings.longestPause == 5000)
    #expect(settings.recoveries == 5)
    #expect(settings.silentLoss == 200 && settings.lateness == 1000)
    #expect(settings.delay == 10 && settings.lead == 1000)
  }

  @Test func `a subscriber has 256 events of room, and 1,024 clients share 32 MiB`() {
    let configuration = EventServer.Configuration()
    #expect(configuration.queueCapacity == 256 && configuration.maximumConnections == 1024)
    #expect(!configuration.allowsPauseOverTCP)
    #expect(configuration.maximumRecordings == 8 && configuration.maximumBytesHeld == 32 << 20)
    #expect(configuration.recognitionTimeout == .seconds(30) && configuration.messageTimeout == .seconds(30))
    #expect(configuration.recordingTime == .seconds(120))
    #expect(configuration.settling == .milliseconds(50) && configuration.closingTimeout == .milliseconds(500))
    #expect(configuration.sendBuffer == 16 << 10 && configuration.fileInterval == .seconds(2))
  }

  @Test func `the web server takes recordings of 32 MiB and a minute, and 128 MiB in all`() {
    let limits = WebLimits()
    #expect(limits.recordingBytes == 32 << 20 && limits.batchBytes == 64 << 20 && limits.batchRecordings == 256)
    #expect(limits.bytesUnderWay == 128 << 20 && limits.seconds == 60)
    #expect(limits.bodyTime == .seconds(30) && limits.daemonTime == .seconds(2) && limits.heartbeat == .seconds(15))
    #expect(limits.waiting == 512 && limits.eventStreams == 32 && limits.connections == 256)
    let settings = WebServer.Settings()
    #expect(settings.host == "127.0.0.1" && settings.port == 8347 && settings.token == nil)
  }

  @Test func `a client's recording is answered half a second after its digits, or 1.5 s after other speech`() {
    let settings = RecordingAnswers.Settings()
    #expect(settings.pause == 500 && settings.patience == 1500)
  }

  @Test func `two seconds of zeros and a second with ten clipped frames are conditions`() {
    let settings = SignalMonitor.Settings()
    #expect(settings.silentAfter == 200 && settings.soundAfter == 5 && settings.silentAfterAtMost == 6400)
    #expect(settings.clippedWeight == 30 && settings.clippingAt == 240 && settings.clippingLimit == 300)
  }

  @Test func `speech begins 3 dB over a margin of 4, and 0.4 s of quiet end it`() {
    let settings = SpeechActivity.Settings(SequenceModel.Search())
    #expect(settings.margin == 4 && settings.most == 20 && settings.onset == 3 && settings.release == 1.5)
    #expect(settings.onsetTime == 24 && settings.hangTime == 400)
    #expect(settings.shortQuiet == 60 && settings.wordQuiet == 96 && settings.lowQuiet == 144)
    #expect(settings.drop == 18 && settings.peakDecay == 20)
    #expect(settings.floorQuantile == 0.12 && settings.floorWindow == 3000)
    #expect(settings.assumedFloor == -60 && settings.assumedTime == 480)
  }

  @Test func `a hum is half of the sound for three seconds`() {
    let settings = HumMonitor.Settings()
    #expect(settings.prominent == 10 && settings.least == 3.2e-5 && settings.share == 0.5)
    #expect(settings.secondsToBegin == 3 && settings.secondsToEnd == 3)
  }

  @Test func `channels whose mean has a 25th of the power expected cancel, and two seconds of nothing are a dead one`()
  {
    let settings = ChannelMixer.Settings()
    #expect(settings.cancelled == 0.04 && settings.added == 0.4)
    #expect(settings.loud == 0.01 && settings.least == 1e-9 && settings.forgotten == 0.998)
    #expect(settings.confirmation == 15 && settings.over == 100)
    #expect(settings.deadPower == 1e-11 && settings.deadAfter == 200 && settings.aliveAfter == 5)
  }

  /// What the trainer writes; a model's file may have other numbers.
  @Test func `a word waits 0.4 s for what follows it, and speech is remembered for 32 s`() {
    let search = SequenceModel.Search()
    #expect(search.surelyBlank == 0.98 && search.longestPassage == 40)
    #expect(search.patience == 12 && search.earlyDistance == 3 && search.closeBy == 24)
    #expect(search.pause == 5 && search.shortest == 5 && search.memory == 1000)
    #expect(search.quietTime == 96 && search.fall == 18 && search.fallenTime == 144)
  }

  @Test func `a quarter of a second beside the digits is reported, 0.16 s after it`() {
    let settings = SpeechReport.Settings()
    #expect(settings.shortest == 2000 && settings.pause == 1280 && settings.likely == 0.5)
  }

  @Test func `a second of other speech ends a number, and so do 0.8 s without a digit`() {
    #expect(NumberAssembler.Settings().longestGap == 8000)
    #expect(SoundStream.Settings().numberPause == 0.8)
  }

  @Test func `a message has a payload of at most 1 MiB, and a recording lasts at most a minute`() {
    let message = MessageParser.Limits()
    #expect(message.line == 65_535 && message.data == 65_535 && message.payload == 1 << 20)
    let recording = Recording.Limits()
    #expect(recording.seconds == 60 && recording.rates == 1000...192_000 && recording.channels == 1...32)
    let session = ClientSession.Limits()
    #expect(session.violations == 16 && session.pongText == 1024)
  }

  @Test func `standard output has half a second at the end, and 500 utterances are kept`() {
    #expect(LineSink.usualPatience == 500)
    #expect(UtteranceFolder.usualLimit == 500)
  }

  @Test func `a take is 12 dB over the noise, at least -42 dBFS, and at most 1.8 s long`() {
    #expect(Take.quietest == -42 && Take.leastOverNoise == 12)
    #expect(Take.mostClipped == 3 && Take.longest == 1.8)
  }

  @Test func `a broker that is away loses no event of the last 1,000, and gets a level every ten seconds`() {
    let outbox = Outbox()
    #expect(outbox.limit == 1000 && outbox.window == 20)
    let settings = MQTTBridge.Settings(topics: RoomTopics(base: "digits"), name: "Kitchen", discoveryPrefix: nil)
    #expect(settings.levelInterval == 10_000)
    #expect(BrokerSettings(host: "broker", port: 1883).keepAlive == 20)
  }
}
