import Files
import Testing

@Suite struct AccountTests {
  @Test func `users and groups have names`() {
    #expect(Account.groupName(0) == "root" && Account.userName(0) == "root")
    // The numbers that stand for nobody in calls such as chown.
    #expect(Account.groupName(UInt32.max) == nil && Account.userName(UInt32.max) == nil)
  }

  @Test func `a file has the group of its status`() {
    #expect(FileStatus("/proc/version")?.group == 0)
  }
}
