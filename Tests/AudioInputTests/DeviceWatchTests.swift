import AudioInput
import Glibc
import Testing

@Suite struct DeviceWatchTests {
  @Test(arguments: [
    (IN_CREATE, "pcmC1D0c", DevicePause.deviceChange), (IN_ATTRIB, "pcmC1D0c", .deviceChange),
    (IN_CREATE, "snd", .deviceChange), (IN_CREATE, "native", .deviceChange), (IN_MOVED_TO, "pipewire-0", .deviceChange),
    (IN_CLOSE_WRITE, "pcmC1D0c", .deviceFreed), (IN_CLOSE_NOWRITE, "pcmC1D0c", .deviceFreed),
  ])
  func `these changes make a device worth trying`(mask: Int32, name: String, news: DevicePause) {
    #expect(DeviceWatch.news(mask: UInt32(bitPattern: mask), name: name) == news)
  }

  @Test(arguments: [
    (IN_CLOSE_WRITE, "pcmC1D0p"), (IN_CLOSE_NOWRITE, "controlC1"), (IN_CREATE, "controlC1"), (IN_CREATE, "sda"),
  ])
  func `other changes do not make a device worth trying`(mask: Int32, name: String) {
    #expect(DeviceWatch.news(mask: UInt32(bitPattern: mask), name: name) == nil)
  }
}
